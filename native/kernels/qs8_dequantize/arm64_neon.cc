#include "kernels/qs8_dequantize/qs8_dequantize.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {
#include "kernels/arm64_widen.inc"

inline __attribute__((always_inline)) void Dequantize(const Qs8DequantizeArgs& d, const uint8_t* x, float* y) {
  int32x4_t wide[4];
  Widen(LoadBytes(x, d.flip), wide);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    vst1q_f32(y + 4 * i, vmulq_n_f32(vcvtq_f32_s32(vsubq_s32(wide[i], vdupq_n_s32(d.zero_point))), d.scale));
}

}  // namespace

void Qs8Dequantize(const Qs8DequantizeArgs& d) {
  size_t i = 0;
  for (; i + kLanes <= d.count; i += kLanes) Dequantize(d, d.x + i, d.y + i);
  if (i == d.count) return;
  uint8_t x[kLanes] = {};
  float y[kLanes];
  __builtin_memcpy(x, d.x + i, d.count - i);
  Dequantize(d, x, y);
  __builtin_memcpy(d.y + i, y, (d.count - i) * sizeof(float));
}

}  // namespace edgec::arm64_neon
#endif
