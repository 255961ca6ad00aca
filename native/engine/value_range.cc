#include "engine/value_range.h"

#include <algorithm>
#include <limits>

namespace edgec {

ValueRange RangeOf(const Value& value) {
  if (value.count == 0) return {0, 0};
  constexpr size_t kLanes = 16;
  const float* x = value.as<float>();
  float low[kLanes], high[kLanes];
  std::fill_n(low, kLanes, std::numeric_limits<float>::infinity());
  std::fill_n(high, kLanes, -std::numeric_limits<float>::infinity());
  uint32_t unordered[kLanes] = {};
  const auto take = [&](size_t lane, float v) {
    low[lane] = v < low[lane] ? v : low[lane];
    high[lane] = v > high[lane] ? v : high[lane];
    unordered[lane] |= v != v;
  };
  size_t i = 0;
  for (; i + kLanes <= value.count; i += kLanes)
    for (size_t k = 0; k < kLanes; k++) take(k, x[i + k]);
  for (; i < value.count; i++) take(0, x[i]);
  if (std::any_of(unordered, unordered + kLanes, [](uint32_t u) { return u != 0; })) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    return {kNan, kNan};
  }
  return {*std::min_element(low, low + kLanes), *std::max_element(high, high + kLanes)};
}

}  // namespace edgec
