#include "engine/winograd.h"

#include <algorithm>

#include "engine/gemm_weights.h"
#include "engine/split.h"
#include "kernels/f32_winograd/f32_winograd.h"

namespace edgec {
namespace {

// Squares that are transformed together: as fit in a second-level cache, but enough of them to use every weight often.
size_t BlockOf(size_t squares, size_t side, size_t channels, size_t columns) {
  constexpr size_t kScratchBytes = 1 << 20, kLeastBlock = 16;
  const size_t one = WinogradPoints(side) * (RoundUp(channels, kLanes) + RoundUp(columns, kLanes)) * sizeof(float);
  const size_t most = std::max(kLeastBlock, kScratchBytes / one), blocks = (squares + most - 1) / most;
  return (squares + blocks - 1) / blocks;
}

struct Winograd {
  F32WinogradArgs args{};
  Block weights, bias;
};

// Runs all squares of an image: blocks of them or, where these are few, panels of columns are cut into parts.
void SplitSquares(Pool* pool, void (*run)(const F32WinogradArgs&), const F32WinogradArgs& args, Scratch* scratch, size_t scratch_bytes) {
  constexpr size_t kPanel = 64;
  const size_t blocks = (args.end + args.block - 1) / args.block, panels = (args.columns + kPanel - 1) / kPanel;
  const double macs = static_cast<double>(WinogradPoints(args.side) * args.end) * static_cast<double>(args.columns) *
                      static_cast<double>(args.channels);
  const auto part = [&](F32WinogradArgs mine) {
    mine.scratch = reinterpret_cast<float*>(scratch->data() + Pool::Worker() * scratch_bytes);
    run(mine);
  };
  if (pool && blocks < 2 * pool->threads() && panels >= pool->threads())
    return Split(pool, panels, macs / 2, [&](size_t first, size_t end) {
      F32WinogradArgs mine = args;
      mine.columns = std::min(args.columns, end * kPanel) - first * kPanel;
      mine.weights += first * kPanel * args.channels;
      mine.bias += first * kPanel;
      mine.y += first * kPanel;
      if (mine.addend) mine.addend += first * kPanel;
      part(mine);
    });
  Split(pool, blocks, macs, [&](size_t first, size_t end) {
    F32WinogradArgs mine = args;
    mine.first = first * args.block;
    mine.end = std::min(args.end, end * args.block);
    part(mine);
  });
}

}  // namespace

bool WinogradFits(const Value& v) {
  return v.dtype == DType::kFloat32 && v.shape.size() == 4 && v.dim(1) == 3 && v.dim(2) == 3 && v.count > 0 &&
         (v.winograd_side == 2 || v.winograd_side == 4);
}

size_t WinogradBytes(const Value& v) {
  return F32WinogradWeightCount(static_cast<size_t>(v.winograd_side), v.dim(0), v.dim(3)) * sizeof(float);
}

size_t WinogradSide(const Window& w, const Value& weights, Isa isa) {
  const bool slides = w.stride_y == 1 && w.stride_x == 1 && w.dilation_y == 1 && w.dilation_x == 1;
  return slides && isa != Isa::kScalar ? static_cast<size_t>(weights.winograd_side) : 0;
}

Status PrepareWinograd(const Preparation& p, const Window& w, size_t side, const float* bias, const Value* addend, float min, float max,
                       Step* step) {
  const Value &x = *p.inputs[0], &weight = *p.inputs[1], &y = *p.outputs[0];
  const size_t outputs = y.dim(3), squares = WinogradSquares(w.out_height, w.out_width, side);
  const auto& kernel = F32WinogradFamily().Best(p.isa);
  auto c = std::make_shared<Winograd>();
  const uint8_t* weights = weight.beside;
  EDGEC_RETURN_IF_ERROR(TakeStored(weight, WinogradBytes(weight), &c->weights, &weights));
  if (!c->bias.Allocate(RoundUp(outputs, kLanes) * sizeof(float))) return Status::OutOfMemory();
  if (bias) std::copy_n(bias, outputs, reinterpret_cast<float*>(c->bias.data()));
  F32WinogradArgs& args = c->args;
  args.height = w.height;
  args.width = w.width;
  args.channels = w.channels;
  args.top = static_cast<size_t>(w.top);
  args.left = static_cast<size_t>(w.left);
  args.out_height = w.out_height;
  args.out_width = w.out_width;
  args.columns = outputs;
  args.side = side;
  args.end = squares;
  args.block = BlockOf(squares, side, w.channels, outputs);
  args.weights = reinterpret_cast<const float*>(weights);
  args.weights_point = F32WinogradPointWeightCount(outputs, w.channels);
  args.bias = reinterpret_cast<const float*>(c->bias.data());
  args.min = min;
  args.max = max;
  args.y_stride = outputs;
  const size_t scratch_bytes = F32WinogradScratchCount(side, args.block, w.channels, outputs) * sizeof(float);
  p.scratch->Need(scratch_bytes * (p.pool ? p.pool->threads() : 1));
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, batch = w.batch, &x, &y] {
    for (size_t b = 0; b < batch; b++) {
      F32WinogradArgs mine = c->args;
      mine.x = x.as<float>() + b * (x.count / batch);
      mine.y = y.as<float>() + b * (y.count / batch);
      if (addend) mine.addend = addend->as<float>() + b * (y.count / batch);
      SplitSquares(pool, run, mine, scratch, scratch_bytes);
    }
  };
  return Status::Ok();
}

}  // namespace edgec
