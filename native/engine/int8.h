#ifndef EDGEC_ENGINE_INT8_H_
#define EDGEC_ENGINE_INT8_H_

#include <cstdint>

#include "kernels/requantize.h"

namespace edgec {

inline bool IsInt8(int32_t v) { return v >= -128 && v <= 127; }

// Whether zero points and bounds of an int8 output are in range.
inline bool IsOutputRange(int32_t zero_point, int32_t min, int32_t max) {
  return IsInt8(zero_point) && IsInt8(min) && IsInt8(max) && min <= max;
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_INT8_H_
