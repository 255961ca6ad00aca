#include "kernels/peak/peak.h"

#if defined(EDGEC_I8MM)
#include <arm_neon.h>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+i8mm")
namespace edgec::arm64_i8mm {
namespace {

struct Ints {
  using Vector = int32x4_t;
  static constexpr size_t kMacs = 32;
  static Vector Step(Vector sums) {
    asm("smmla %0.4s, %1.16b, %1.16b" : "+w"(sums) : "w"(vdupq_n_s8(1)));
    return sums;
  }
  static double Sum(const Vector& sums) { return vaddvq_s32(sums); }
};

#include "kernels/peak/arm64_floats.inc"

#include "kernels/peak/chains.inc"

}  // namespace edgec::arm64_i8mm
#pragma GCC pop_options
#endif
