#include "kernels/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#pragma GCC optimize("O3")
namespace edgec::avx2 {
#define EDGEC_OWN_QS8_GEMM
#include "kernels/portable.inc"
#undef EDGEC_OWN_QS8_GEMM

// Products in int16 pairs: |255 · 127 · 2| overflows int16, so bytes are widened first and nothing saturates.
template <int kRows>
inline __attribute__((always_inline)) void Tile(const Qs8GemmArgs& g, size_t m, size_t n) {
  __m256i acc[kRows][2];
  for (int r = 0; r < kRows; r++)
    for (int h = 0; h < 2; h++) acc[r][h] = _mm256_setzero_si256();
  __m256i high[kRows][2];
  for (int r = 0; r < kRows; r++)
    for (int h = 0; h < 2; h++) high[r][h] = _mm256_setzero_si256();
  const int8_t* w = g.weights + n * g.depth;
  for (size_t k = 0; k < g.depth; k += 4, w += 64) {
    __m256i wide[4];
    for (int q = 0; q < 4; q++)
      wide[q] = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w + q * 16)));
    for (int r = 0; r < kRows; r++) {
      int32_t four;
      __builtin_memcpy(&four, g.a + (m + r) * g.depth + k, 4);
      const __m256i a = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
      acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(a, wide[0]));
      high[r][0] = _mm256_add_epi32(high[r][0], _mm256_madd_epi16(a, wide[1]));
      acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(a, wide[2]));
      high[r][1] = _mm256_add_epi32(high[r][1], _mm256_madd_epi16(a, wide[3]));
    }
  }
  const __m256i order = _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7);
  for (int r = 0; r < kRows; r++) {
    int32_t sums[kLanes];
    for (int h = 0; h < 2; h++) {
      const __m256i pairs = _mm256_permutevar8x32_epi32(_mm256_hadd_epi32(acc[r][h], high[r][h]), order);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + h * 8), pairs);
    }
    const I32x16 total = Load<I32x16>(sums) + Load<I32x16>(g.requant.bias + n);
    StoreSome(g.y + (m + r) * g.y_stride + n, Requantize(total, g.requant, n), g.columns - n);
  }
}

void Qs8Gemm(const Qs8GemmArgs& g) {
  for (size_t n = 0; n < g.columns; n += kLanes) {
    size_t m = 0;
    for (; m + 2 <= g.rows; m += 2) Tile<2>(g, m, n);
    for (; m < g.rows; m++) Tile<1>(g, m, n);
  }
}

extern const KernelSet kKernels;
const KernelSet kKernels = {"x86_avx2", Qs8Gemm, F32Gemm, Qs8Depthwise, F32Depthwise, Qs8Add};
}  // namespace edgec::avx2
#pragma GCC pop_options
#endif
