#include "kernels/qs8_gemv/qs8_gemv.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/x86_avx2_requant.inc"

// Inputs x less their 128, for instructions that add u8 · s8 of two neighbouring bytes in an int16 and saturate there: x · w is
// |x| · w, or |x| · ~w + |x| where x is negative. Neither saturates, since |x| is at most 128 and no more than 127 beside a
// positive product.
class SignedRow {
 public:
  explicit SignedRow(const Qs8GemvArgs& g) {
    constexpr size_t kBytes = sizeof(__m256i);
    __m256i sums = _mm256_setzero_si256();
    size_t first = 0;
    for (size_t s = 0; s < g.segment_count; s++, first += g.depth) {
      const uint8_t* run = g.a + g.segments[s];
      size_t k = 0;
      for (; k + kBytes <= g.depth; k += kBytes) Put(run + k, first + k, &sums);
      if (k == g.depth) continue;
      uint8_t rest[kBytes];
      std::memset(rest, 128, kBytes);
      std::memcpy(rest, run + k, g.depth - k);
      Put(rest, first + k, &sums);
    }
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    negative_ = _mm_cvtsi128_si32(two) + _mm_extract_epi32(two, 2);
  }

  // |x| of four bytes, and where x is negative all ones, over and over.
  inline __attribute__((always_inline)) __m256i magnitudes(size_t byte) const { return Four(magnitudes_ + byte); }
  inline __attribute__((always_inline)) __m256i signs(size_t byte) const { return Four(signs_ + byte); }
  // Σ |x| of the negative ones.
  int32_t negative() const { return negative_; }

 private:
  static inline __attribute__((always_inline)) __m256i Four(const uint8_t* at) {
    int32_t four;
    std::memcpy(&four, at, sizeof(four));
    return _mm256_set1_epi32(four);
  }

  void Put(const uint8_t* stored, size_t at, __m256i* sums) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(stored)), none = _mm256_setzero_si256();
    const __m256i x = _mm256_xor_si256(bytes, _mm256_set1_epi8(-128));
    const __m256i magnitudes = _mm256_abs_epi8(x), signs = _mm256_cmpgt_epi8(none, x);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(magnitudes_ + at), magnitudes);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(signs_ + at), signs);
    *sums = _mm256_add_epi64(*sums, _mm256_sad_epu8(_mm256_and_si256(magnitudes, signs), none));
  }

  // Whole vectors are put behind the last byte.
  uint8_t magnitudes_[kQs8GemvMostDepth + sizeof(__m256i)], signs_[kQs8GemvMostDepth + sizeof(__m256i)];
  int32_t negative_;
};

// kPanels panels of columns from n on.
template <int kPanels>
void Tile(const Qs8GemvArgs& g, const Requantizer& requantizer, const SignedRow& row, size_t n) {
  const size_t depth = g.segment_count * g.depth, panel = depth * kLanes;
  const int8_t* w = g.weights + n / kLanes * panel;
  const __m256i ones = _mm256_set1_epi16(1), negative = _mm256_set1_epi32(row.negative());
  __m256i sums[kPanels][1][2];
#pragma GCC unroll 2
  for (int p = 0; p < kPanels; p++)
#pragma GCC unroll 2
    for (int h = 0; h < 2; h++)
      sums[p][0][h] = _mm256_add_epi32(negative, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(g.requant.bias + n + p * kLanes + 8 * h)));
  for (size_t k = 0; k < depth; k += 4, w += 4 * kLanes) {
    const __m256i x = row.magnitudes(k), signs = row.signs(k);
#pragma GCC unroll 2
    for (int p = 0; p < kPanels; p++)
#pragma GCC unroll 2
      for (int h = 0; h < 2; h++) {
        const __m256i weights = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w + static_cast<size_t>(p) * panel + 32 * h));
        const __m256i pairs = _mm256_maddubs_epi16(x, _mm256_xor_si256(signs, weights));
        sums[p][0][h] = _mm256_add_epi32(sums[p][0][h], _mm256_madd_epi16(pairs, ones));
      }
  }
#pragma GCC unroll 2
  for (int p = 0; p < kPanels; p++, n += kLanes) requantizer.Store<1, 2>(sums[p], n, g.columns - n, g.y + n, 0);
}

}  // namespace

void Qs8Gemv(const Qs8GemvArgs& g) {
  const Requantizer requantizer(g.requant, g.flip);
  const SignedRow row(g);
  size_t n = 0;
  for (; n + kLanes < g.columns; n += 2 * kLanes) Tile<2>(g, requantizer, row, n);
  if (n < g.columns) Tile<1>(g, requantizer, row, n);
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
