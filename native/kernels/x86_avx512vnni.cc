#include "kernels/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
#pragma GCC optimize("O3")
namespace edgec::avx512vnni {
#define EDGEC_OWN_QS8_GEMM
#include "kernels/portable.inc"
#undef EDGEC_OWN_QS8_GEMM

inline __attribute__((always_inline)) void Store(const Qs8GemmArgs& g, size_t m, size_t n, __m512i acc) {
  const __m512 low = _mm512_set1_ps(static_cast<float>(g.requant.min - g.requant.zero_point));
  const __m512 high = _mm512_set1_ps(static_cast<float>(g.requant.max - g.requant.zero_point));
  __m512 p = _mm512_mul_ps(_mm512_cvtepi32_ps(acc), _mm512_loadu_ps(g.requant.multiplier + n));
  p = _mm512_min_ps(_mm512_max_ps(p, low), high);
  const __m512i y = _mm512_add_epi32(_mm512_cvtps_epi32(p), _mm512_set1_epi32(g.requant.zero_point));
  const size_t left = g.columns - n;
  const __mmask16 mask = left >= kLanes ? 0xffff : static_cast<__mmask16>((1u << left) - 1);
  _mm_mask_storeu_epi8(g.y + m * g.y_stride + n, mask, _mm512_cvtepi32_epi8(y));
}

// gcc 12 spills accumulators with the intrinsic in a loop; the instruction itself keeps them in registers.
template <int kRows, int kColumns>
inline __attribute__((always_inline)) void Tile(const Qs8GemmArgs& g, size_t m, size_t n) {
  __m512i acc[kRows][kColumns];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; c++) acc[r][c] = _mm512_loadu_si512(g.requant.bias + n + c * kLanes);
  const int8_t* w = g.weights + n * g.depth;
  const size_t column = g.depth * kLanes;
  for (size_t k = 0; k < g.depth; k += 4, w += 64) {
    __m512i b[kColumns];
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; c++) b[c] = _mm512_loadu_si512(w + c * column);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; r++) {
      int32_t four;
      __builtin_memcpy(&four, g.a + (m + r) * g.depth + k, 4);
      const __m512i a = _mm512_set1_epi32(four);
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; c++) asm("vpdpbusd %2, %1, %0" : "+v"(acc[r][c]) : "v"(a), "v"(b[c]));
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; c++) Store(g, m + r, n + c * kLanes, acc[r][c]);
}

template <int kRows, int kColumns>
void Columns(const Qs8GemmArgs& g, size_t n) {
  size_t m = 0;
  for (; m + kRows <= g.rows; m += kRows) Tile<kRows, kColumns>(g, m, n);
  for (; m < g.rows; m++) Tile<1, kColumns>(g, m, n);
}

void Qs8Gemm(const Qs8GemmArgs& g) {
  size_t left = (g.columns + kLanes - 1) / kLanes;
  for (size_t n = 0; left > 0;) {
    const size_t take = left >= 4 ? 4 : left;
    switch (take) {
      case 4:
        Columns<6, 4>(g, n);
        break;
      case 3:
        Columns<8, 3>(g, n);
        break;
      case 2:
        Columns<12, 2>(g, n);
        break;
      default:
        Columns<14, 1>(g, n);
    }
    n += take * kLanes;
    left -= take;
  }
}

extern const KernelSet kKernels;
const KernelSet kKernels = {"x86_avx512vnni", Qs8Gemm, F32Gemm, Qs8Depthwise, F32Depthwise, Qs8Add};
}  // namespace edgec::avx512vnni
#pragma GCC pop_options
#endif
