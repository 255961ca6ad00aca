#include "kernels/qs8_add/qs8_add.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_binary.inc"
}  // namespace

void Qs8Add(const Qs8AddArgs& s) {
  const int32x4_t offset = vdupq_n_s32(s.offset), shift = vdupq_n_s32(-s.shift);
  BinaryAll(s, [&](int32x4_t a, int32x4_t b) __attribute__((always_inline)) {
    return vshlq_s32(vmlaq_n_s32(vmlaq_n_s32(offset, a, s.a_multiplier), b, s.b_multiplier), shift);
  });
}

}  // namespace edgec::arm64_neon
#endif
