#include "kernels/qs8_quantize/qs8_quantize.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/qs8_quantize/inverse.inc"

constexpr size_t kTogether = 32;

// Constants of a call, spread over vectors.
struct Quantizer {
  Quantizer(const Qs8QuantizeArgs& q, const Inverse& by)
      : scale(_mm256_set1_ps(q.scale)), reciprocal(_mm256_set1_ps(1.0f / q.scale)), inverse_high(_mm256_set1_ps(by.high)),
        inverse_low(_mm256_set1_ps(by.low)), highest(_mm256_set1_ps(static_cast<float>(127 - q.zero_point))),
        zero(_mm256_set1_epi16(static_cast<int16_t>(q.zero_point))), flip(_mm256_set1_epi8(static_cast<char>(q.flip))) {}

  template <Way kWay>
  inline __attribute__((always_inline)) __m256 Quotients(__m256 x) const {
    if constexpr (kWay == Way::kReciprocal) return _mm256_mul_ps(x, reciprocal);
    else if constexpr (kWay == Way::kProducts) return _mm256_fmadd_ps(x, inverse_high, _mm256_mul_ps(x, inverse_low));
    else return _mm256_div_ps(x, scale);
  }

  // Converting what lies below int32 gives its least number, as saturation would; what lies above has to be held.
  template <Way kWay>
  inline __attribute__((always_inline)) __m256i Eight(const float* x) const {
    const __m256 p = Quotients<kWay>(_mm256_loadu_ps(x));
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_and_ps(p, _mm256_cmp_ps(p, p, _CMP_ORD_Q)), highest));
  }

  template <Way kWay>
  inline __attribute__((always_inline)) void Put(const float* x, uint8_t* y) const {
    const __m256i words0 = _mm256_packs_epi32(Eight<kWay>(x), Eight<kWay>(x + 8));
    const __m256i words1 = _mm256_packs_epi32(Eight<kWay>(x + 16), Eight<kWay>(x + 24));
    const __m256i bytes = _mm256_packs_epi16(_mm256_adds_epi16(words0, zero), _mm256_adds_epi16(words1, zero));
    const __m256i in_order = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), _mm256_xor_si256(in_order, flip));
  }

  const __m256 scale, reciprocal, inverse_high, inverse_low, highest;
  const __m256i zero, flip;
};

template <Way kWay>
void QuantizeAll(const Qs8QuantizeArgs& args) {
  const Qs8QuantizeArgs q = args;
  const Quantizer quantizer(q, kWay == Way::kProducts ? InverseOf(q.scale) : Inverse{});
  size_t i = 0;
  for (; i + kTogether <= q.count; i += kTogether) quantizer.Put<kWay>(q.x + i, q.y + i);
  if (i == q.count) return;
  float x[kTogether] = {};
  uint8_t y[kTogether];
  __builtin_memcpy(x, q.x + i, (q.count - i) * sizeof(float));
  quantizer.Put<kWay>(x, y);
  __builtin_memcpy(q.y + i, y, q.count - i);
}

}  // namespace

void Qs8Quantize(const Qs8QuantizeArgs& args) { QuantizeByWay(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
