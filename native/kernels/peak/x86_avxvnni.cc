#include "kernels/peak/peak.h"

#if defined(EDGEC_AVX_VNNI)
#include <immintrin.h>

#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avxvnni")
namespace edgec::x86_avxvnni {
namespace {
#include "kernels/x86_avxvnni.inc"

#include "kernels/peak/x86_avx2_lanes.inc"

struct Ints {
  using Vector = __m256i;
  static constexpr size_t kMacs = 32;
  static Vector Step(Vector sums) {
    Dot(sums, Same(1), Same(1));
    return sums;
  }
  static double Sum(const Vector& sums) { return SumOf<int32_t>(sums); }
};

#include "kernels/peak/chains.inc"

}  // namespace edgec::x86_avxvnni
#pragma GCC pop_options
#endif
