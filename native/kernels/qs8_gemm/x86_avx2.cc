#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/x86_avx2_requant.inc"

// Bytes are widened to int16 before they are multiplied: pair sums of u8 · s8 would saturate.
template <int kRows>
inline __attribute__((always_inline)) void Tile(const Qs8GemmArgs& g, const uint8_t* a, uint8_t* y, size_t n) {
  const __m256i low_pair = _mm256_set1_epi32(static_cast<int32_t>(0x80018000)), high_pair = _mm256_set1_epi32(static_cast<int32_t>(0x80038002));
  __m256i acc[kRows][2];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; r++)
    for (int h = 0; h < 2; h++) acc[r][h] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(g.requant.bias + n + h * 8));
  const int8_t* w = g.weights + n * g.segment_count * g.depth;
  for (size_t s = 0; s < g.segment_count; s++) {
    const uint8_t* at = a + g.segments[s];
    for (size_t k = 0; k < g.depth; k += 4, w += 64) {
      __m256i b[4];
#pragma GCC unroll 4
      for (int q = 0; q < 4; q++) b[q] = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w + q * 16)));
#pragma GCC unroll 4
      for (int r = 0; r < kRows; r++) {
        int32_t four;
        __builtin_memcpy(&four, at + static_cast<size_t>(r) * g.a_stride + k, 4);
        const __m256i bytes = _mm256_set1_epi32(four);
        const __m256i low = _mm256_shuffle_epi8(bytes, low_pair), high = _mm256_shuffle_epi8(bytes, high_pair);
        acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(low, b[0]));
        acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(low, b[1]));
        acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(high, b[2]));
        acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(high, b[3]));
      }
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; r++) StoreSums(acc[r], g.requant, n, g.columns - n, g.flip, y + static_cast<size_t>(r) * g.y_stride + n);
}

#include "kernels/qs8_gemm/rows.inc"
}  // namespace

void Qs8Gemm(const Qs8GemmArgs& g) { GemmAll(g); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
