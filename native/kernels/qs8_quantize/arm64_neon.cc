#include "kernels/qs8_quantize/qs8_quantize.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {
#include "kernels/arm64_widen.inc"

// The conversion takes what is not a number to 0, and saturates.
inline __attribute__((always_inline)) int8x16_t Quantized(const Qs8QuantizeArgs& q, const float* x) {
  const float32x4_t scale = vdupq_n_f32(q.scale), inverse = vdupq_n_f32(1.0f / q.scale);
  int32x4_t rounded[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    const float32x4_t v = vld1q_f32(x + 4 * i);
    rounded[i] = vcvtnq_s32_f32(q.reciprocal ? vmulq_f32(v, inverse) : vdivq_f32(v, scale));
  }
  return Narrow(rounded, q.zero_point);
}

}  // namespace

void Qs8Quantize(const Qs8QuantizeArgs& args) {
  const Qs8QuantizeArgs q = args;  // which no store of a result can change
  size_t i = 0;
  for (; i + kLanes <= q.count; i += kLanes) StoreBytes(Quantized(q, q.x + i), q.flip, q.y + i, kLanes);
  if (i == q.count) return;
  float x[kLanes] = {};
  __builtin_memcpy(x, q.x + i, (q.count - i) * sizeof(float));
  StoreBytes(Quantized(q, x), q.flip, q.y + i, q.count - i);
}

}  // namespace edgec::arm64_neon
#endif
