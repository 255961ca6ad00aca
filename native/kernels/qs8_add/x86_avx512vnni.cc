#include "kernels/qs8_add/qs8_add.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/qs8_add/halves.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {

// Sums of operands that alternate, each plus 128, scaled but not yet bounded.
struct Sum {
  __m512i high, low, offset;
  __m128i shift;

  inline __attribute__((always_inline)) __m512i operator()(__m512i pairs) const {
    const __m512i coarse = _mm512_slli_epi32(_mm512_madd_epi16(pairs, high), AddHalves::kLowBits);
    return _mm512_sra_epi32(_mm512_add_epi32(_mm512_dpwssd_epi32(coarse, pairs, low), offset), shift);
  }
};

}  // namespace

void Qs8Add(const Qs8AddArgs& args) {
  constexpr size_t kBytes = 64;
  const Qs8AddArgs s = args;
  const AddHalves halves(s);
  const Sum sum{_mm512_set1_epi32(halves.high), _mm512_set1_epi32(halves.low), _mm512_set1_epi32(halves.offset), _mm_cvtsi32_si128(s.shift)};
  const __m512i zero = _mm512_set1_epi16(static_cast<int16_t>(s.zero_point)), none = _mm512_setzero_si512();
  const __m512i min = _mm512_set1_epi8(static_cast<char>(s.min)), max = _mm512_set1_epi8(static_cast<char>(s.max));
  const __m512i a_flip = _mm512_set1_epi8(static_cast<char>(s.a_flip ^ 0x80)), b_flip = _mm512_set1_epi8(static_cast<char>(s.b_flip ^ 0x80));
  const __m512i y_flip = _mm512_set1_epi8(static_cast<char>(s.y_flip)), same = _mm512_set1_epi8(static_cast<char>(s.b[0]));
  for (size_t i = 0; i < s.count; i += kBytes) {
    const __mmask64 mask = s.count - i < kBytes ? ~0ull >> (kBytes - (s.count - i)) : ~0ull;
    const __m512i a = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, s.a + i), a_flip);
    const __m512i b = _mm512_xor_si512(s.b_step == 0 ? same : _mm512_maskz_loadu_epi8(mask, s.b + i), b_flip);
    const __m512i a0 = _mm512_unpacklo_epi8(a, none), a1 = _mm512_unpackhi_epi8(a, none);
    const __m512i b0 = _mm512_unpacklo_epi8(b, none), b1 = _mm512_unpackhi_epi8(b, none);
    const __m512i words0 = _mm512_packs_epi32(sum(_mm512_unpacklo_epi16(a0, b0)), sum(_mm512_unpackhi_epi16(a0, b0)));
    const __m512i words1 = _mm512_packs_epi32(sum(_mm512_unpacklo_epi16(a1, b1)), sum(_mm512_unpackhi_epi16(a1, b1)));
    const __m512i bytes = _mm512_packs_epi16(_mm512_adds_epi16(words0, zero), _mm512_adds_epi16(words1, zero));
    const __m512i y = _mm512_xor_si512(_mm512_min_epi8(_mm512_max_epi8(bytes, min), max), y_flip);
    if (s.count - i < kBytes) return _mm512_mask_storeu_epi8(s.y + i, mask, y);
    _mm512_storeu_si512(s.y + i, y);
  }
}

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
