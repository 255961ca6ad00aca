#ifndef EDGEC_ENGINE_SQUARES_H_
#define EDGEC_ENGINE_SQUARES_H_

#include <algorithm>
#include <type_traits>

#include "engine/split.h"
#include "engine/window.h"
#include "kernels/f32_winograd/f32_winograd.h"
#include "kernels/qs8_winograd/qs8_winograd.h"

namespace edgec {

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

// Work in multiply-accumulates as Split counts it. Those of int16 take twice as long as those of bytes.
template <typename Args>
double MacsOf(const Args& args) {
  const double macs = static_cast<double>(WinogradPoints(args.side) * args.end) * static_cast<double>(args.columns) *
                      static_cast<double>(args.channels);
  return std::is_same_v<Args, Qs8WinogradArgs> ? 2 * macs : macs;
}

// How threads share the squares of an image: by blocks that go through the transformed domain together or, where columns are more,
// by panels of these. Each thread then transforms all inputs, but its own weights alone.
struct SquareShares {
  // `most` squares at most make a block.
  template <typename Args>
  SquareShares(const Args& args, size_t most, const Pool* pool) {
    constexpr size_t kWide = 64;
    const size_t threads = PartsOf(pool, SIZE_MAX, MacsOf(args)) > 1 ? pool->threads() : 1;
    panel = (args.columns + kWide - 1) / kWide % threads == 0 ? kWide : kLanes;
    by_columns = threads > 1 && args.columns > panel && args.columns > 2 * args.end;
    const size_t blocks = (args.end + most - 1) / most, even = by_columns ? blocks : RoundUp(blocks, threads);
    block = (args.end + even - 1) / even;
  }

  bool by_columns;
  size_t panel, block;
};

// Runs all squares of an image. Each thread has `scratch_bytes` of its own.
template <typename Args>
void SplitSquares(Pool* pool, const SquareShares& shares, void (*run)(const Args&), const Args& args, Scratch* scratch, size_t scratch_bytes) {
  const size_t panel = shares.panel;
  const auto part = [&](Args mine) {
    mine.scratch = reinterpret_cast<decltype(mine.scratch)>(scratch->data() + Pool::Worker() * scratch_bytes);
    run(mine);
  };
  if (shares.by_columns)
    return Split(pool, (args.columns + panel - 1) / panel, MacsOf(args), [&](size_t first, size_t end) {
      Args mine = args;
      NarrowColumns(first * panel, std::min(args.columns, end * panel), &mine);
      part(mine);
    });
  Split(pool, (args.end + args.block - 1) / args.block, MacsOf(args), [&](size_t first, size_t end) {
    Args mine = args;
    mine.first = first * args.block;
    mine.end = std::min(args.end, end * args.block);
    part(mine);
  });
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_SQUARES_H_
