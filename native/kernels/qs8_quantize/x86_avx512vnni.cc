#include "kernels/qs8_quantize/qs8_quantize.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
#include "kernels/qs8_quantize/inverse.inc"

constexpr size_t kWidth = 16, kTogether = 4 * kWidth;

// Constants of a call, spread over vectors.
struct Quantizer {
  Quantizer(const Qs8QuantizeArgs& q, const Inverse& by)
      : scale(_mm512_set1_ps(q.scale)), reciprocal(_mm512_set1_ps(1.0f / q.scale)), inverse_high(_mm512_set1_ps(by.high)),
        inverse_low(_mm512_set1_ps(by.low)), highest(_mm512_set1_ps(static_cast<float>(127 - q.zero_point))),
        zero(_mm512_set1_epi16(static_cast<int16_t>(q.zero_point))), flip(_mm512_set1_epi8(static_cast<char>(q.flip))) {}

  template <Way kWay>
  inline __attribute__((always_inline)) __m512 Quotients(__m512 x) const {
    if constexpr (kWay == Way::kReciprocal) return _mm512_mul_ps(x, reciprocal);
    else if constexpr (kWay == Way::kProducts) return _mm512_fmadd_ps(x, inverse_high, _mm512_mul_ps(x, inverse_low));
    else return _mm512_div_ps(x, scale);
  }

  // Converting what lies below int32 gives its least number, as saturation would; what lies above has to be held.
  template <Way kWay>
  inline __attribute__((always_inline)) __m512i Sixteen(const float* x, __mmask64 lanes) const {
    const __m512 p = Quotients<kWay>(_mm512_maskz_loadu_ps(static_cast<__mmask16>(lanes), x));
    return _mm512_cvtps_epi32(_mm512_maskz_min_ps(_mm512_cmp_ps_mask(p, p, _CMP_ORD_Q), p, highest));
  }

  template <Way kWay>
  inline __attribute__((always_inline)) void Put(const float* x, uint8_t* y, __mmask64 lanes) const {
    const __m512i words0 = _mm512_packs_epi32(Sixteen<kWay>(x, lanes), Sixteen<kWay>(x + kWidth, lanes >> kWidth));
    const __m512i words1 = _mm512_packs_epi32(Sixteen<kWay>(x + 2 * kWidth, lanes >> 2 * kWidth), Sixteen<kWay>(x + 3 * kWidth, lanes >> 3 * kWidth));
    const __m512i bytes = _mm512_packs_epi16(_mm512_adds_epi16(words0, zero), _mm512_adds_epi16(words1, zero));
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_mask_storeu_epi8(y, lanes, _mm512_xor_si512(_mm512_permutexvar_epi32(order, bytes), flip));
  }

  const __m512 scale, reciprocal, inverse_high, inverse_low, highest;
  const __m512i zero, flip;
};

template <Way kWay>
void QuantizeAll(const Qs8QuantizeArgs& args) {
  const Qs8QuantizeArgs q = args;
  const Quantizer quantizer(q, kWay == Way::kProducts ? InverseOf(q.scale) : Inverse{});
  size_t i = 0;
  for (; i + kTogether <= q.count; i += kTogether) quantizer.Put<kWay>(q.x + i, q.y + i, ~__mmask64{0});
  if (i < q.count) quantizer.Put<kWay>(q.x + i, q.y + i, ~(~__mmask64{0} << (q.count - i)));
}

}  // namespace

void Qs8Quantize(const Qs8QuantizeArgs& args) { QuantizeByWay(args); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
