#ifndef EDGEC_ENGINE_ACCUMULATE_H_
#define EDGEC_ENGINE_ACCUMULATE_H_

#include <vector>

#include "engine/int8.h"
#include "engine/prepare.h"

namespace edgec {

// Zero points and bounds of an integer op that accumulates.
struct AccumulateParams {
  int32_t zx, zw, zy, min, max;
};

template <typename A>
AccumulateParams ParamsOf(const A& a) {
  return {a.inputZeroPoint, a.weightZeroPoint, a.outputZeroPoint, a.outputMin, a.outputMax};
}

// Checks x, weight, bias, multiplier and y of such an op with `columns` outputs.
Status CheckAccumulate(const Preparation& p, size_t columns, const AccumulateParams& params);

// Weights less their zero point: the weights themselves, or as few sets of int8 as sum up to them, at most three for 255.
struct CenteredWeights {
  static constexpr size_t kMostSets = 3;

  const int8_t* sets[kMostSets];
  size_t count = 1;
  std::vector<int8_t> owned[kMostSets];
};
void CenterWeights(const int8_t* w, size_t count, int32_t zero_point, CenteredWeights* centered);

// Sums of w[columns][depth] less the zero point, a column each.
std::vector<int64_t> ColumnSums(const int8_t* w, size_t columns, size_t depth, int32_t zero_point);

// w[columns][sets][depth] of all sets, or the one set as it is.
const int8_t* JoinSets(const CenteredWeights& centered, size_t columns, size_t depth, std::vector<int8_t>* joined);

// What a kernel's Requant points to, with one entry a column and 0 up to `padded`.
struct RequantTable {
  std::vector<int32_t> bias;
  std::vector<float> multiplier;
  Requant requant;
};

// bias[n] − (zx + stored offset) · Σ weights of n, given those sums of all columns.
void FillRequant(const int32_t* bias, const float* multiplier, const int64_t* weight_sums, size_t columns, const AccumulateParams& params,
                 const Layout& layout, size_t padded, RequantTable* table);

// The byte of the input's zero point, as the layout stores it.
inline uint8_t StoredZero(const AccumulateParams& params, const Layout& layout) {
  return static_cast<uint8_t>(params.zx + (layout.plus128 ? 128 : 0));
}

// Null where there is no float bias; fails where it does not fit.
Status FloatBias(const Preparation& p, size_t columns, const float** bias);

// Null where a float convolution has nothing to add to its sums; fails where it does not fit.
Status FloatAddend(const Preparation& p, const Value** addend);

}  // namespace edgec

#endif  // EDGEC_ENGINE_ACCUMULATE_H_
