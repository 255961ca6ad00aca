#include "kernels/peak/peak.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
namespace edgec::arm64_dotprod {
namespace {

struct Ints {
  using Vector = int32x4_t;
  static constexpr size_t kMacs = 16;
  static Vector Step(Vector sums) {
    asm("sdot %0.4s, %1.16b, %1.16b" : "+w"(sums) : "w"(vdupq_n_s8(1)));
    return sums;
  }
  static double Sum(const Vector& sums) { return vaddvq_s32(sums); }
};

#include "kernels/peak/arm64_floats.inc"

#include "kernels/peak/chains.inc"

}  // namespace edgec::arm64_dotprod
#pragma GCC pop_options
#endif
