#ifndef EDGEC_KERNELS_REQUANTIZE_H_
#define EDGEC_KERNELS_REQUANTIZE_H_

#include <cstdint>
#include <cstring>

namespace edgec {

// docs/numerics.md, section 3, for one sum. `min` and `max` lie in int8.
inline int8_t RequantizeSum(int32_t acc, float multiplier, int32_t zero_point, int32_t min, int32_t max) {
  const float p = static_cast<float>(acc) * multiplier;
  const float low = static_cast<float>(min - zero_point), high = static_cast<float>(max - zero_point);
  const float clamped = p > low ? (p < high ? p : high) : low;
  // Less than 2^22, so that adding 1.5 · 2^23 rounds to the nearest integer, ties to even.
  const float shifted = clamped + 12582912.0f;
  int32_t bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  return static_cast<int8_t>(zero_point + bits - 0x4B400000);
}

}  // namespace edgec

#endif  // EDGEC_KERNELS_REQUANTIZE_H_
