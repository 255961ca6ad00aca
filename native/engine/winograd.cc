#include "engine/winograd.h"

#include "engine/gemm_weights.h"
#include "engine/squares.h"

namespace edgec {
namespace {

// As many squares as fit in a second-level cache.
size_t MostOf(const F32WinogradArgs& args) {
  constexpr size_t kNearBytes = 1 << 20, kLeastBlock = 16;
  const size_t one = (RoundUp(args.channels, kLanes) + RoundUp(args.columns, kLanes)) * sizeof(float);
  return std::max(kLeastBlock, kNearBytes / (WinogradPoints(args.side) * one));
}

struct Winograd {
  F32WinogradArgs args{};
  Block weights, bias;
};

}  // namespace

bool WinogradFits(const Value& v) {
  const bool is_kernel = v.shape.size() == 4 && v.dim(1) == 3 && v.dim(2) == 3 && v.count > 0;
  const bool is_float = v.dtype == DType::kFloat32 && v.panels.are_none();
  const bool is_integer = v.dtype == DType::kInt8 && v.panels.groups == 1 && v.panels.runs == 3;
  return is_kernel && (is_float || (is_integer && v.dim(3) % 2 == 0)) && (v.winograd_side == 2 || v.winograd_side == 4);
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
  const size_t outputs = y.dim(3);
  const auto& kernel = F32WinogradFamily().Best(p.isa);
  auto c = std::make_shared<Winograd>();
  const uint8_t* weights = weight.beside;
  EDGEC_RETURN_IF_ERROR(TakeStored(weight, WinogradBytes(weight), &c->weights, &weights));
  if (!c->bias.Allocate(RoundUp(outputs, kLanes) * sizeof(float))) return Status::OutOfMemory();
  if (bias) std::copy_n(bias, outputs, reinterpret_cast<float*>(c->bias.data()));
  F32WinogradArgs& args = c->args;
  SetGeometry(w, side, outputs, &args);
  const SquareShares shares(args, MostOf(args), p.pool);
  args.block = shares.block;
  args.weights = reinterpret_cast<const float*>(weights);
  args.weights_point = F32WinogradPointWeightCount(outputs, w.channels);
  args.bias = reinterpret_cast<const float*>(c->bias.data());
  args.min = min;
  args.max = max;
  const size_t scratch_bytes = F32WinogradScratchCount(side, args.block, w.channels, outputs) * sizeof(float);
  p.scratch->Need(scratch_bytes * (p.pool ? p.pool->threads() : 1));
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, batch = w.batch, &x, &y] {
    for (size_t b = 0; b < batch; b++) {
      F32WinogradArgs mine = c->args;
      mine.x = x.as<float>() + b * (x.count / batch);
      mine.y = y.as<float>() + b * (y.count / batch);
      if (addend) mine.addend = addend->as<float>() + b * (y.count / batch);
      SplitSquares(pool, shares, run, mine, scratch, scratch_bytes);
    }
  };
  return Status::Ok();
}

}  // namespace edgec
