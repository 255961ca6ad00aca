#include "engine/accumulate.h"

#include <algorithm>

namespace edgec {

Status CheckAccumulate(const Preparation& p, size_t columns, const AccumulateParams& q) {
  const Value &b = *p.inputs[2], &m = *p.inputs[3];
  EDGEC_CHECK(p.inputs[0]->dtype == DType::kInt8 && p.inputs[1]->dtype == DType::kInt8 && p.outputs[0]->dtype == DType::kInt8,
              "operands have other types");
  EDGEC_CHECK(b.dtype == DType::kInt32 && m.dtype == DType::kFloat32 && b.count == columns && m.count == columns,
              "bias or multipliers do not fit");
  EDGEC_CHECK(p.inputs[1]->constant && b.constant && m.constant, "weights have to be constant");
  EDGEC_CHECK(IsInt8(q.zx) && IsInt8(q.zw) && IsOutputRange(q.zy, q.min, q.max), "bad zero point or bounds");
  return Status::Ok();
}

CenteredWeights CenterWeights(const int8_t* w, size_t count, int32_t zero_point) {
  CenteredWeights centered;
  for (auto& set : centered.sets) set.resize(count);
  for (size_t i = 0; i < count; i++) {
    const int32_t v = w[i] - zero_point, held = std::min(std::max(v, -128), 127);
    centered.sets[0][i] = static_cast<int8_t>(held);
    centered.sets[1][i] = static_cast<int8_t>(v - held);
    if (v != held) centered.count = 2;
  }
  return centered;
}

void FillRequant(const int32_t* bias, const float* multiplier, const std::vector<int64_t>& weight_sums,
                 const AccumulateParams& q, const Layout& layout, size_t padded, RequantTable* table) {
  const int64_t zero = q.zx + (layout.plus128 ? 128 : 0);
  table->bias.assign(padded, 0);
  table->multiplier.assign(padded, 0);
  for (size_t n = 0; n < weight_sums.size(); n++) {
    table->bias[n] = static_cast<int32_t>(bias[n] - zero * weight_sums[n]);
    table->multiplier[n] = multiplier[n];
  }
  table->requant = {table->bias.data(), table->multiplier.data(), q.zy, q.min, q.max};
}

Status FloatBias(const Preparation& p, size_t columns, const float** bias) {
  *bias = nullptr;
  if (p.inputs.size() < 3 || !p.inputs[2]) return Status::Ok();
  const Value& b = *p.inputs[2];
  EDGEC_CHECK(b.dtype == DType::kFloat32 && b.count == columns && b.constant, "bias does not fit");
  *bias = b.as<float>();
  return Status::Ok();
}

}  // namespace edgec
