#include "engine/winograd.h"

#include <algorithm>

#include "engine/gemm_weights.h"
#include "engine/split.h"
#include "kernels/f32_winograd/f32_winograd.h"

namespace edgec {
namespace {

constexpr size_t kSides[] = {2, 4};

// The costs below are in multiply-accumulates of a matrix product. Measured on AVX-512 and AVX2: an element of a point takes
// as long as 4 on its way in or out, a row's start in a product as long as 12 more of its depth, and a byte of weights as
// long as 3 where it comes from memory. Weights of up to 1 MiB are taken to be in a cache.
constexpr double kPointCost = 4, kRowCost = 12, kByteCost = 3, kCachedBytes = 1 << 20;
// What it has to gain for its weights, which are 1.8 or 4 times as large.
constexpr double kLeastGain = 1.2;

double Macs(size_t rows, size_t columns, size_t depth) {
  return static_cast<double>(rows) * static_cast<double>(RoundUp(columns, kLanes)) * (static_cast<double>(depth) + kRowCost);
}

double WeightCost(size_t count) {
  const double bytes = static_cast<double>(count) * sizeof(float);
  return bytes > kCachedBytes ? kByteCost * bytes : 0;
}

double ProductCost(const Window& w, size_t outputs) {
  const size_t depth = w.taps() * w.channels;
  return Macs(w.out_height * w.out_width, outputs, depth) + WeightCost(depth * outputs);
}

double Cost(const Window& w, size_t outputs, size_t side) {
  const size_t points = WinogradPoints(side) * WinogradSquares(w.out_height, w.out_width, side);
  const size_t elements = RoundUp(w.channels, kLanes) + RoundUp(outputs, kLanes);
  return Macs(points, outputs, w.channels) + kPointCost * static_cast<double>(points) * static_cast<double>(elements) +
         WeightCost(F32WinogradWeightCount(side, outputs, w.channels));
}

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
  const double macs = Macs(WinogradPoints(args.side) * args.end, args.columns, args.channels);
  const auto part = [&](F32WinogradArgs mine) {
    mine.scratch = reinterpret_cast<float*>(scratch->data() + Pool::Worker() * scratch_bytes);
    run(mine);
  };
  if (pool && blocks < 2 * pool->threads() && panels >= pool->threads())
    return Split(pool, panels, macs, [&](size_t first, size_t end) {
      F32WinogradArgs mine = args;
      mine.columns = std::min(args.columns, end * kPanel) - first * kPanel;
      mine.weights += first * kPanel * args.channels;
      mine.bias += first * kPanel;
      mine.y += first * kPanel;
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

size_t WinogradSide(const Window& w, size_t outputs, Isa isa) {
  const bool fits = w.kernel_height == 3 && w.kernel_width == 3 && w.stride_y == 1 && w.stride_x == 1 && w.dilation_y == 1 && w.dilation_x == 1;
  if (!fits || isa == Isa::kScalar) return 0;
  size_t best = 0;
  double least = ProductCost(w, outputs) / kLeastGain;
  for (const size_t side : kSides) {
    const double cost = Cost(w, outputs, side);
    if (cost >= least) continue;
    best = side;
    least = cost;
  }
  return best;
}

Status PrepareWinograd(const Preparation& p, const Window& w, size_t side, const float* bias, float min, float max, Step* step) {
  const Value &x = *p.inputs[0], &weight = *p.inputs[1], &y = *p.outputs[0];
  const size_t outputs = y.dim(3), squares = WinogradSquares(w.out_height, w.out_width, side);
  const auto& kernel = F32WinogradFamily().Best(p.isa);
  Block room;
  const uint8_t* rows = nullptr;
  EDGEC_RETURN_IF_ERROR(RowMajor(weight, &room, &rows));
  auto c = std::make_shared<Winograd>();
  if (!c->weights.Allocate(F32WinogradWeightCount(side, outputs, w.channels) * sizeof(float)) ||
      !c->bias.Allocate(RoundUp(outputs, kLanes) * sizeof(float)))
    return Status::OutOfMemory();
  PackF32Winograd(reinterpret_cast<const float*>(rows), side, outputs, w.channels, reinterpret_cast<float*>(c->weights.data()));
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
  args.weights = reinterpret_cast<const float*>(c->weights.data());
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
      SplitSquares(pool, run, mine, scratch, scratch_bytes);
    }
  };
  return Status::Ok();
}

}  // namespace edgec
