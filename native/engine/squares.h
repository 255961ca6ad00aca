#ifndef EDGEC_ENGINE_SQUARES_H_
#define EDGEC_ENGINE_SQUARES_H_

#include <algorithm>

#include "engine/split.h"
#include "engine/window.h"
#include "kernels/f32_winograd/f32_winograd.h"
#include "kernels/qs8_winograd/qs8_winograd.h"

namespace edgec {

// Squares that go through the transformed domain together: as many as take `near_bytes`, but enough of them to use every
// weight often.
inline size_t EvenBlock(size_t squares, size_t square_bytes, size_t near_bytes, size_t least) {
  const size_t most = std::max(least, near_bytes / square_bytes), blocks = (squares + most - 1) / most;
  return (squares + blocks - 1) / blocks;
}

// Sets what filtering takes from a convolution of stride 1, and all its squares.
template <typename Args>
void SetGeometry(const Window& w, size_t side, size_t columns, Args* args) {
  args->height = w.height;
  args->width = w.width;
  args->channels = w.channels;
  args->top = static_cast<size_t>(w.top);
  args->left = static_cast<size_t>(w.left);
  args->out_height = w.out_height;
  args->out_width = w.out_width;
  args->columns = columns;
  args->y_stride = columns;
  args->side = side;
  args->end = WinogradSquares(w.out_height, w.out_width, side);
}

inline void NarrowColumns(size_t first, size_t end, F32WinogradArgs* args) {
  args->columns = end - first;
  args->weights += first * args->channels;
  args->bias += first;
  args->y += first;
  if (args->addend) args->addend += first;
}

inline void NarrowColumns(size_t first, size_t end, Qs8WinogradArgs* args) {
  args->columns = end - first;
  args->weights += Qs8GemmWeightBytes(first, 3, 3 * args->channels);
  args->requant.bias += first;
  args->requant.multiplier += first;
  args->y += first;
}

// Runs all squares of an image: blocks of them or, where these are few, panels of columns are cut into parts. Each thread has
// `scratch_bytes` of its own.
template <typename Args>
void SplitSquares(Pool* pool, void (*run)(const Args&), const Args& args, Scratch* scratch, size_t scratch_bytes) {
  constexpr size_t kPanel = 64;
  const size_t blocks = (args.end + args.block - 1) / args.block, panels = (args.columns + kPanel - 1) / kPanel;
  const double macs = static_cast<double>(WinogradPoints(args.side) * args.end) * static_cast<double>(args.columns) *
                      static_cast<double>(args.channels);
  const auto part = [&](Args mine) {
    mine.scratch = reinterpret_cast<decltype(mine.scratch)>(scratch->data() + Pool::Worker() * scratch_bytes);
    run(mine);
  };
  if (pool && blocks < 2 * pool->threads() && panels >= pool->threads())
    return Split(pool, panels, macs / 2, [&](size_t first, size_t end) {
      Args mine = args;
      NarrowColumns(first * kPanel, std::min(args.columns, end * kPanel), &mine);
      part(mine);
    });
  Split(pool, blocks, macs, [&](size_t first, size_t end) {
    Args mine = args;
    mine.first = first * args.block;
    mine.end = std::min(args.end, end * args.block);
    part(mine);
  });
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_SQUARES_H_
