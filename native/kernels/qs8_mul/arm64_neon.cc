#include "kernels/qs8_mul/qs8_mul.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_binary.inc"
}  // namespace

void Qs8Mul(const Qs8MulArgs& m) {
  const int32x4_t a_zero = vdupq_n_s32(m.a_zero), b_zero = vdupq_n_s32(m.b_zero);
  BinaryAll(m, [&](int32x4_t a, int32x4_t b) __attribute__((always_inline)) {
    const int32x4_t product = vmulq_s32(vsubq_s32(a, a_zero), vsubq_s32(b, b_zero));
    return vcvtnq_s32_f32(vmulq_n_f32(vcvtq_f32_s32(product), m.multiplier));
  });
}

}  // namespace edgec::arm64_neon
#endif
