#include "engine/accumulate.h"

#include <algorithm>
#include <cmath>

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

void CenterWeights(const int8_t* w, size_t count, int32_t zero_point, CenteredWeights* centered) {
  centered->sets[0] = w;
  if (zero_point == 0) return;
  for (size_t s = 0; s < centered->count; s++) {
    std::vector<int8_t>& set = centered->owned[s];
    set.resize(count);
    centered->sets[s] = set.data();
    for (size_t i = 0; i < count; i++) {
      int32_t left = w[i] - zero_point;
      for (size_t before = 0; before < s; before++) left -= centered->owned[before][i];
      set[i] = static_cast<int8_t>(std::clamp(left, -128, 127));
      if (set[i] != left) centered->count = s + 2;
    }
  }
}

std::vector<int64_t> ColumnSums(const int8_t* w, size_t columns, size_t depth, int32_t zero_point) {
  constexpr size_t kRun = 1 << 20;  // as many int8 as an int32 surely holds
  std::vector<int64_t> sums(columns);
  for (size_t n = 0; n < columns; n++)
    for (size_t first = 0; first < depth; first += kRun) {
      const size_t end = std::min(depth, first + kRun);
      int32_t sum = 0;
      for (size_t k = first; k < end; k++) sum += w[n * depth + k];
      sums[n] += sum - static_cast<int64_t>(end - first) * zero_point;
    }
  return sums;
}

const int8_t* JoinSets(const CenteredWeights& centered, size_t columns, size_t depth, std::vector<int8_t>* joined) {
  if (centered.count == 1) return centered.sets[0];
  for (size_t n = 0; n < columns; n++)
    for (size_t s = 0; s < centered.count; s++) joined->insert(joined->end(), centered.sets[s] + n * depth, centered.sets[s] + (n + 1) * depth);
  return joined->data();
}

void FillRequant(const int32_t* bias, const float* multiplier, const int64_t* weight_sums, size_t columns,
                 const AccumulateParams& q, const Layout& layout, size_t padded, RequantTable* table) {
  const int64_t zero = q.zx + (layout.plus128 && !layout.centered ? 128 : 0);
  table->bias.assign(padded, 0);
  for (size_t n = 0; n < columns; n++) table->bias[n] = static_cast<int32_t>(bias[n] - zero * weight_sums[n]);
  table->multiplier.assign(padded, 0);
  std::copy_n(multiplier, columns, table->multiplier.begin());
  const bool fits_int32 = std::all_of(multiplier, multiplier + columns, [](float m) { return std::fabs(m) < 1; });
  table->requant = {table->bias.data(), table->multiplier.data(), q.zy, q.min, q.max, fits_int32};
}

Status FloatBias(const Preparation& p, size_t columns, const float** bias) {
  *bias = nullptr;
  if (p.inputs.size() < 3 || !p.inputs[2]) return Status::Ok();
  const Value& b = *p.inputs[2];
  EDGEC_CHECK(b.dtype == DType::kFloat32 && b.count == columns && b.constant, "bias does not fit");
  *bias = b.as<float>();
  return Status::Ok();
}

Status FloatAddend(const Preparation& p, const Value** addend) {
  *addend = p.inputs.size() > 3 ? p.inputs[3] : nullptr;
  const Value& y = *p.outputs[0];
  EDGEC_CHECK(!*addend || ((*addend)->dtype == DType::kFloat32 && (*addend)->shape == y.shape), "what is added does not fit");
  return Status::Ok();
}

}  // namespace edgec
