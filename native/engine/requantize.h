#ifndef EDGEC_ENGINE_REQUANTIZE_H_
#define EDGEC_ENGINE_REQUANTIZE_H_

#include <cmath>
#include <cstdint>

namespace edgec {

// docs/numerics.md, section 3, for one sum. `min` and `max` lie in int8.
inline int8_t RequantizeSum(int32_t acc, float multiplier, int32_t zero_point, int32_t min, int32_t max) {
  const float p = static_cast<float>(acc) * multiplier;
  const float low = static_cast<float>(min - zero_point), high = static_cast<float>(max - zero_point);
  const float clamped = p > low ? (p < high ? p : high) : low;
  return static_cast<int8_t>(zero_point + static_cast<int32_t>(std::nearbyint(clamped)));
}

inline bool IsInt8(int32_t v) { return v >= -128 && v <= 127; }

// Whether zero points and bounds of an int8 output are in range.
inline bool IsOutputRange(int32_t zero_point, int32_t min, int32_t max) {
  return IsInt8(zero_point) && IsInt8(min) && IsInt8(max) && min <= max;
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_REQUANTIZE_H_
