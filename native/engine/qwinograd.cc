#include "engine/gemm_weights.h"
#include "engine/squares.h"
#include "engine/winograd.h"

namespace edgec {
namespace {

struct QWinograd {
  Qs8WinogradArgs args{};
  Qs8GemmWeights weights;
};

// As many squares as stay in a second-level cache beside the weights of a panel.
size_t MostOf(const Qs8WinogradArgs& args) {
  constexpr size_t kNearBytes = 1 << 19, kLeastBlock = 6;
  const size_t one = RoundUp(args.channels, kLanes) * sizeof(int16_t) + kLanes * sizeof(int32_t);
  return std::max(kLeastBlock, kNearBytes / (WinogradPoints(args.side) * one));
}

}  // namespace

bool FiltersIntegers(const Preparation& p, const AccumulateParams& params) {
  const Layout& layout = Qs8WinogradFamily().Best(p.isa).layout;
  return params.zw == 0 && FlipFor(*p.inputs[0], layout) == 0 && static_cast<size_t>(p.inputs[1]->panels.unit) == layout.unit;
}

Status PrepareQWinograd(const Preparation& p, const Window& w, size_t side, const AccumulateParams& params, Step* step) {
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const size_t columns = y.dim(3);
  const GemmShape shape{1, columns, 3, 3 * w.channels};
  const auto& kernel = Qs8WinogradFamily().Best(p.isa);
  auto c = std::make_shared<QWinograd>();
  EDGEC_RETURN_IF_ERROR(c->weights.Make(p, shape, nullptr, params, kernel.layout));
  Qs8WinogradArgs& args = c->args;
  SetGeometry(w, side, columns, &args);
  args.fill = StoredZero(params, kernel.layout);
  const SquareShares shares(args, MostOf(args), p.pool);
  args.block = shares.block;
  args.weights = c->weights.group(0);
  args.requant = c->weights.requant(0);
  args.flip = y.flip();
  const size_t scratch_bytes = RoundUp(Qs8WinogradScratchBytes(side, args.block, w.channels), 64);
  p.scratch->Need(scratch_bytes * (p.pool ? p.pool->threads() : 1));
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, batch = w.batch, &x, &y] {
    for (size_t b = 0; b < batch; b++) {
      Qs8WinogradArgs mine = c->args;
      mine.x = x.data + b * (x.count / batch);
      mine.y = y.data + b * (y.count / batch);
      SplitSquares(pool, shares, run, mine, scratch, scratch_bytes);
    }
  };
  return Status::Ok();
}

}  // namespace edgec
