// FullyConnected: one matrix product over all rows.
#include "engine/gemm_weights.h"
#include "engine/split.h"
#include "engine/thread_rooms.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {
namespace {

struct Sizes {
  size_t rows, depth, columns;

  GemmShape shape() const { return {1, columns, 1, depth}; }
};

Status MakeSizes(const Preparation& p, Sizes* sizes) {
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(w.shape.size() == 2 && !x.shape.empty() && w.count > 0 && x.dim(-1) == w.dim(1) && w.constant, "weights do not fit");
  *sizes = {x.count / w.dim(1), w.dim(1), w.dim(0)};
  EDGEC_CHECK(y.count == sizes->rows * sizes->columns, "the output does not fit");
  return Status::Ok();
}

constexpr int32_t kNoOffset[CenteredWeights::kMostSets] = {};  // of every set

}  // namespace

Status PrepareQFullyConnected(const Preparation& p, Step* step) {
  struct Product {
    Qs8GemmWeights weights;
    Qs8GemmArgs args{};
  };
  QFullyConnectedAttrs a;
  Sizes sizes;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(MakeSizes(p, &sizes));
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const AccumulateParams params = ParamsOf(a);
  EDGEC_RETURN_IF_ERROR(CheckAccumulate(p, sizes.columns, params));
  const auto& kernel = Qs8ProductKernel(p.isa, sizes.rows, RoundUp(sizes.depth, kQs8GemmDepthUnit));
  auto product = std::make_shared<Product>();
  const Qs8GemmWeights& weights = product->weights;
  EDGEC_RETURN_IF_ERROR(product->weights.Make(p, sizes.shape(), kNoOffset, params, kernel.layout));
  product->args = {nullptr, 1, sizes.rows, 0, sizes.depth, kNoOffset, weights.sets(), RoundUp(sizes.depth, kQs8GemmDepthUnit),
                   sizes.columns, weights.group(0), weights.requant(0), nullptr, 0, sizes.columns, y.flip(), weights.windows(0), weights.column_windows(0)};
  const uint8_t flip = FlipFor(x, kernel.layout);
  const ThreadRooms rooms(p, flip ? x.count : 0, Qs8GemmScratchBytes(product->args));
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    Qs8GemmArgs args = product->args;
    args.a = x.data;
    args.y = y.data;
    if (flip) {
      for (size_t i = 0; i < x.count; i++) scratch->data()[i] = x.data[i] ^ flip;
      args.a = scratch->data();
    }
    if (args.rows > 0) SplitProduct(pool, run, args, rooms);
  };
  return Status::Ok();
}

Status PrepareFullyConnected(const Preparation& p, Step* step) {
  FullyConnectedAttrs a;
  Sizes sizes;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(MakeSizes(p, &sizes));
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32, "operands have other types");
  const float* bias = nullptr;
  EDGEC_RETURN_IF_ERROR(FloatBias(p, sizes.columns, &bias));
  const auto& kernel = F32GemmFamily().Best(p.isa);
  auto weights = std::make_shared<F32GemmWeights>();
  EDGEC_RETURN_IF_ERROR(weights->Make(p, sizes.shape(), bias));
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, pool = p.pool, &x, &y] {
    const F32GemmArgs args{x.as<float>(), 1, sizes.rows, 0, sizes.depth, kNoOffset, 1, sizes.depth, sizes.columns,
                           weights->group(0), weights->bias(0), a.clampMin, a.clampMax, y.as<float>(), 0, sizes.columns, nullptr};
    if (sizes.rows > 0) SplitProduct(pool, run, args);
  };
  return Status::Ok();
}

}  // namespace edgec
