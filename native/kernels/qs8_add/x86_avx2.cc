#include "kernels/qs8_add/qs8_add.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/qs8_add/halves.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {

constexpr size_t kBytes = 32;

// Sums of operands that alternate, each plus 128, scaled but not yet bounded.
struct Sum {
  __m256i high, low, offset;
  __m128i shift;

  inline __attribute__((always_inline)) __m256i operator()(__m256i pairs) const {
    const __m256i coarse = _mm256_slli_epi32(_mm256_madd_epi16(pairs, high), AddHalves::kLowBits);
    return _mm256_sra_epi32(_mm256_add_epi32(_mm256_add_epi32(coarse, _mm256_madd_epi16(pairs, low)), offset), shift);
  }
};

inline __attribute__((always_inline)) __m256i Load(const uint8_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }

}  // namespace

void Qs8Add(const Qs8AddArgs& args) {
  const Qs8AddArgs s = args;
  const AddHalves halves(s);
  const Sum sum{_mm256_set1_epi32(halves.high), _mm256_set1_epi32(halves.low), _mm256_set1_epi32(halves.offset), _mm_cvtsi32_si128(s.shift)};
  const __m256i zero = _mm256_set1_epi16(static_cast<int16_t>(s.zero_point)), none = _mm256_setzero_si256();
  const __m256i min = _mm256_set1_epi8(static_cast<char>(s.min)), max = _mm256_set1_epi8(static_cast<char>(s.max));
  const __m256i a_flip = _mm256_set1_epi8(static_cast<char>(s.a_flip ^ 0x80)), b_flip = _mm256_set1_epi8(static_cast<char>(s.b_flip ^ 0x80));
  const __m256i y_flip = _mm256_set1_epi8(static_cast<char>(s.y_flip)), same = _mm256_set1_epi8(static_cast<char>(s.b[0]));
  const auto add = [&](const uint8_t* a_at, const uint8_t* b_at, uint8_t* y) __attribute__((always_inline)) {
    const __m256i a = _mm256_xor_si256(Load(a_at), a_flip), b = _mm256_xor_si256(s.b_step == 0 ? same : Load(b_at), b_flip);
    const __m256i a0 = _mm256_unpacklo_epi8(a, none), a1 = _mm256_unpackhi_epi8(a, none);
    const __m256i b0 = _mm256_unpacklo_epi8(b, none), b1 = _mm256_unpackhi_epi8(b, none);
    const __m256i words0 = _mm256_packs_epi32(sum(_mm256_unpacklo_epi16(a0, b0)), sum(_mm256_unpackhi_epi16(a0, b0)));
    const __m256i words1 = _mm256_packs_epi32(sum(_mm256_unpacklo_epi16(a1, b1)), sum(_mm256_unpackhi_epi16(a1, b1)));
    const __m256i bytes = _mm256_packs_epi16(_mm256_adds_epi16(words0, zero), _mm256_adds_epi16(words1, zero));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), _mm256_xor_si256(_mm256_min_epi8(_mm256_max_epi8(bytes, min), max), y_flip));
  };
  size_t i = 0;
  for (; i + kBytes <= s.count; i += kBytes) add(s.a + i, s.b + i, s.y + i);
  const size_t left = s.count - i;
  if (left == 0) return;
  uint8_t a[kBytes] = {}, b[kBytes] = {}, y[kBytes];
  __builtin_memcpy(a, s.a + i, left);
  if (s.b_step != 0) __builtin_memcpy(b, s.b + i, left);
  add(a, b, y);
  __builtin_memcpy(s.y + i, y, left);
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
