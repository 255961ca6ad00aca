#include "kernels/peak/peak.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {

struct Ints {
  using Vector = __m512i;
  static constexpr size_t kMacs = 64;
  static Vector Step(Vector sums) {
    asm("vpdpbusd %1, %1, %0" : "+v"(sums) : "v"(_mm512_set1_epi8(1)));
    return sums;
  }
  static double Sum(const Vector& sums) { return _mm512_reduce_add_epi32(sums); }
};

struct Floats {
  using Vector = __m512;
  static constexpr size_t kMacs = 16;
  static Vector Step(Vector sums) {
    asm("vfmadd231ps %1, %1, %0" : "+v"(sums) : "v"(_mm512_set1_ps(1)));
    return sums;
  }
  static double Sum(const Vector& sums) {
    return _mm512_reduce_add_pd(_mm512_cvtps_pd(_mm512_castps512_ps256(sums))) +
           _mm512_reduce_add_pd(_mm512_cvtps_pd(_mm512_extractf32x8_ps(sums, 1)));
  }
};

#include "kernels/peak/chains.inc"

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
