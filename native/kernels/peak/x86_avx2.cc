#include "kernels/peak/peak.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/peak/x86_avx2_lanes.inc"

struct Ints {
  using Vector = __m256i;
  static constexpr size_t kMacs = 64;
  // A pair of windows, see kernels/qs8_gemm/windows.h.
  static Vector Step(Vector sums) {
    Vector first, second;
    asm("vpmaddubsw %3, %3, %1\n\tvpmaddubsw %3, %3, %2\n\tvpaddw %2, %1, %1\n\tvpmaddwd %4, %1, %1\n\tvpaddd %1, %0, %0"
        : "+x"(sums), "=&x"(first), "=&x"(second)
        : "x"(_mm256_set1_epi8(1)), "x"(_mm256_set1_epi16(1)));
    return sums;
  }
  static double Sum(const Vector& sums) { return SumOf<int32_t>(sums); }
};

#include "kernels/peak/chains.inc"

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
