#include "kernels/peak/peak.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {

struct Ints {
  using Vector = int32x4_t;
  static constexpr size_t kMacs = 8;
  static Vector Step(Vector sums) {
    int16x8_t products;
    asm("smull %1.8h, %2.8b, %2.8b\n\tsadalp %0.4s, %1.8h" : "+w"(sums), "=&w"(products) : "w"(vdup_n_s8(1)));
    return sums;
  }
  static double Sum(const Vector& sums) { return vaddvq_s32(sums); }
};

#include "kernels/peak/arm64_floats.inc"

#include "kernels/peak/chains.inc"

}  // namespace edgec::arm64_neon
#endif
