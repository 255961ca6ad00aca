#include "kernels/qs8_depthwise/qs8_depthwise.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/x86_avx2_requant.inc"

inline __attribute__((always_inline)) __m128i Tap(const uint8_t* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

inline __attribute__((always_inline)) __m256i Weights(const int8_t* at) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

// Sums of 16 channels over their taps. A vector holds two sums for each of four channels until the end.
inline __attribute__((always_inline)) void Sums(const uint8_t* const* taps, size_t quads, size_t c, const int8_t* w, const int32_t* bias,
                                                __m256i* sums) {
  __m256i acc[4] = {};
  for (size_t q = 0; q < quads; q++, taps += 4, w += 64) {
    const __m128i t0 = Tap(taps[0] + c), t1 = Tap(taps[1] + c), t2 = Tap(taps[2] + c), t3 = Tap(taps[3] + c);
    const __m128i low01 = _mm_unpacklo_epi8(t0, t1), high01 = _mm_unpackhi_epi8(t0, t1);
    const __m128i low23 = _mm_unpacklo_epi8(t2, t3), high23 = _mm_unpackhi_epi8(t2, t3);
    const __m128i quad[4] = {_mm_unpacklo_epi16(low01, low23), _mm_unpackhi_epi16(low01, low23),
                             _mm_unpacklo_epi16(high01, high23), _mm_unpackhi_epi16(high01, high23)};
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
      acc[i] = _mm256_add_epi32(acc[i], _mm256_madd_epi16(_mm256_cvtepu8_epi16(quad[i]), Weights(w + i * 16)));
  }
  // hadd leaves channels 0 1 4 5 2 3 6 7 of eight.
  const __m256i order = _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7);
#pragma GCC unroll 2
  for (int h = 0; h < 2; h++) {
    const __m256i pairs = _mm256_permutevar8x32_epi32(_mm256_hadd_epi32(acc[2 * h], acc[2 * h + 1]), order);
    sums[h] = _mm256_add_epi32(pairs, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bias + 8 * h)));
  }
}

}  // namespace

void Qs8Depthwise(const Qs8DepthwiseArgs& d) {
  const Requantizer requantizer(d.requant, d.flip);
  for (size_t c = 0; c < d.channels; c += kLanes) {
    const size_t at = c % d.period;
    const int8_t* w = d.weights + at * d.quads * 4;
    for (size_t p = 0; p < d.pixels; p++) {
      __m256i sums[1][2];
      Sums(d.taps + p * 4 * d.quads, d.quads, c, w, d.requant.bias + at, sums[0]);
      requantizer.Store<1, 2>(sums, at, d.channels - c, d.y + p * d.channels + c, d.channels);
    }
  }
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
