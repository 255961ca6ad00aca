#include "kernels/qs8_sum/qs8_sum.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_sum/vectors.inc"

constexpr size_t kVectorBytes = sizeof(__m256i);
constexpr size_t kMostPixels = 256;  // whose sum fits an int16

inline __attribute__((always_inline)) void AddWords(__m128i words, int32_t* sums) {
  auto* at = reinterpret_cast<__m256i*>(sums);
  _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at), _mm256_cvtepi16_epi32(words)));
}

// Sums 32 · kVectors channels of no more than kMostPixels.
template <size_t kVectors>
void SumPixels(const Qs8SumArgs& s, const uint8_t* x, size_t pixels, int32_t* sums) {
  const __m256i flip = _mm256_set1_epi8(static_cast<char>(s.flip));
  const auto load = [=](const uint8_t* at) { return _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)), flip); };
  __m256i low[kVectors] = {}, high[kVectors] = {};
  const auto add = [&](size_t v, __m256i a, __m256i b) {
    const __m256i one = _mm256_set1_epi8(1);
    low[v] = _mm256_add_epi16(low[v], _mm256_maddubs_epi16(one, _mm256_unpacklo_epi8(a, b)));
    high[v] = _mm256_add_epi16(high[v], _mm256_maddubs_epi16(one, _mm256_unpackhi_epi8(a, b)));
  };
  size_t left = pixels;
  for (; left >= 2; left -= 2, x += 2 * s.stride)
#pragma GCC unroll 2
    for (size_t v = 0; v < kVectors; v++) add(v, load(x + v * kVectorBytes), load(x + s.stride + v * kVectorBytes));
#pragma GCC unroll 2
  for (size_t v = 0; v < kVectors; v++, sums += kVectorBytes) {
    if (left > 0) add(v, load(x + v * kVectorBytes), _mm256_setzero_si256());
    AddWords(_mm256_castsi256_si128(low[v]), sums);
    AddWords(_mm256_castsi256_si128(high[v]), sums + 8);
    AddWords(_mm256_extracti128_si256(low[v], 1), sums + 16);
    AddWords(_mm256_extracti128_si256(high[v], 1), sums + 24);
  }
}

template <size_t kVectors>
void SumChannels(const Qs8SumArgs& s, size_t c) {
  for (size_t p = 0; p < s.pixels; p += kMostPixels)
    SumPixels<kVectors>(s, s.x + p * s.stride + c, std::min(kMostPixels, s.pixels - p), s.sums + c);
}

}  // namespace

void Qs8Sum(const Qs8SumArgs& s) {
  size_t c = 0;
  for (; c + 64 <= s.channels; c += 64) SumChannels<2>(s, c);
  for (; c + 32 <= s.channels; c += 32) SumChannels<1>(s, c);
  SumAll({s.x + c, s.pixels, s.stride, s.channels - c, s.flip, s.sums + c});
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
