// FullyConnected: one matrix product over all rows.
#include "engine/accumulate.h"
#include "engine/split.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {
namespace {

struct Sizes {
  size_t rows, depth, columns;
};

Status MakeSizes(const Preparation& p, Sizes* sizes) {
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(w.shape.size() == 2 && !x.shape.empty() && w.count > 0 && x.dim(-1) == w.dim(1) && w.constant, "weights do not fit");
  *sizes = {x.count / w.dim(1), w.dim(1), w.dim(0)};
  EDGEC_CHECK(y.count == sizes->rows * sizes->columns, "the output does not fit");
  return Status::Ok();
}

constexpr int32_t kNoOffset[2] = {0, 0};

}  // namespace

Status PrepareQFullyConnected(const Preparation& p, Step* step) {
  struct Product {
    std::vector<int8_t> weights;
    RequantTable requant;
    Qs8GemmArgs args{};
  };
  QFullyConnectedAttrs a;
  Sizes sizes;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(MakeSizes(p, &sizes));
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  const AccumulateParams params = ParamsOf(a);
  EDGEC_RETURN_IF_ERROR(CheckAccumulate(p, sizes.columns, params));
  const auto& kernel = Qs8GemmFamily().Best(p.isa);
  CenteredWeights centered;
  CenterWeights(w.as<int8_t>(), w.count, params.zw, &centered);
  std::vector<int8_t> joined;
  const int8_t* all = JoinSets(centered, sizes.columns, sizes.depth, &joined);
  const std::vector<int64_t> sums = ColumnSums(w.as<int8_t>(), sizes.columns, sizes.depth, params.zw);
  auto product = std::make_shared<Product>();
  product->weights.resize(Qs8GemmWeightBytes(sizes.columns, centered.count, sizes.depth));
  PackQs8Gemm(kernel.layout, all, sizes.columns, centered.count, sizes.depth, product->weights.data());
  FillRequant(p.inputs[2]->as<int32_t>(), p.inputs[3]->as<float>(), sums, params, kernel.layout, RoundUp(sizes.columns, kLanes),
              &product->requant);
  product->args = {nullptr, 1, sizes.rows, 0, sizes.depth, kNoOffset, centered.count, RoundUp(sizes.depth, kQs8GemmDepthUnit),
                   sizes.columns, product->weights.data(), product->requant.requant, nullptr, 0, sizes.columns, y.flip()};
  const uint8_t flip = FlipFor(x, kernel.layout);
  if (flip) p.scratch->Need(x.count);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    Qs8GemmArgs args = product->args;
    args.a = x.data;
    args.y = y.data;
    if (flip) {
      for (size_t i = 0; i < x.count; i++) scratch->data()[i] = x.data[i] ^ flip;
      args.a = scratch->data();
    }
    if (args.rows > 0) SplitProduct(pool, run, args);
  };
  return Status::Ok();
}

Status PrepareFullyConnected(const Preparation& p, Step* step) {
  struct Product {
    std::vector<float> weights, bias;
  };
  FullyConnectedAttrs a;
  Sizes sizes;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(MakeSizes(p, &sizes));
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32, "operands have other types");
  const float* bias = nullptr;
  EDGEC_RETURN_IF_ERROR(FloatBias(p, sizes.columns, &bias));
  const auto& kernel = F32GemmFamily().Best(p.isa);
  auto product = std::make_shared<Product>();
  product->weights.resize(F32GemmWeightCount(sizes.columns, 1, sizes.depth));
  product->bias.assign(RoundUp(sizes.columns, kLanes), 0);
  PackF32Gemm(w.as<float>(), sizes.columns, 1, sizes.depth, product->weights.data());
  if (bias) std::copy_n(bias, sizes.columns, product->bias.data());
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, pool = p.pool, &x, &y] {
    const F32GemmArgs args{x.as<float>(), 1, sizes.rows, 0, sizes.depth, kNoOffset, 1, sizes.depth, sizes.columns,
                           product->weights.data(), product->bias.data(), a.clampMin, a.clampMax, y.as<float>(), 0, sizes.columns};
    if (sizes.rows > 0) SplitProduct(pool, run, args);
  };
  return Status::Ok();
}

}  // namespace edgec
