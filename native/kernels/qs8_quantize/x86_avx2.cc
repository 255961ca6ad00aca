#include "kernels/qs8_quantize/qs8_quantize.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {

constexpr size_t kTogether = 32;

// Constants of a call, spread over vectors.
struct Quantizer {
  explicit Quantizer(const Qs8QuantizeArgs& q)
      : scale(_mm256_set1_ps(q.scale)), inverse(_mm256_set1_ps(1.0f / q.scale)), high(_mm256_set1_ps(static_cast<float>(127 - q.zero_point))),
        zero(_mm256_set1_epi16(static_cast<int16_t>(q.zero_point))), flip(_mm256_set1_epi8(static_cast<char>(q.flip))) {}

  // Converting what lies below int32 gives its least number, as saturation would; what lies above has to be held.
  template <bool kReciprocal>
  inline __attribute__((always_inline)) __m256i Eight(const float* x) const {
    const __m256 v = _mm256_loadu_ps(x), p = kReciprocal ? _mm256_mul_ps(v, inverse) : _mm256_div_ps(v, scale);
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_and_ps(p, _mm256_cmp_ps(p, p, _CMP_ORD_Q)), high));
  }

  template <bool kReciprocal>
  inline __attribute__((always_inline)) void Put(const float* x, uint8_t* y) const {
    const __m256i words0 = _mm256_packs_epi32(Eight<kReciprocal>(x), Eight<kReciprocal>(x + 8));
    const __m256i words1 = _mm256_packs_epi32(Eight<kReciprocal>(x + 16), Eight<kReciprocal>(x + 24));
    const __m256i bytes = _mm256_packs_epi16(_mm256_adds_epi16(words0, zero), _mm256_adds_epi16(words1, zero));
    const __m256i in_order = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), _mm256_xor_si256(in_order, flip));
  }

  const __m256 scale, inverse, high;
  const __m256i zero, flip;
};

template <bool kReciprocal>
void QuantizeAll(const Qs8QuantizeArgs& args) {
  const Qs8QuantizeArgs q = args;
  const Quantizer quantizer(q);
  size_t i = 0;
  for (; i + kTogether <= q.count; i += kTogether) quantizer.Put<kReciprocal>(q.x + i, q.y + i);
  if (i == q.count) return;
  float x[kTogether] = {};
  uint8_t y[kTogether];
  __builtin_memcpy(x, q.x + i, (q.count - i) * sizeof(float));
  quantizer.Put<kReciprocal>(x, y);
  __builtin_memcpy(q.y + i, y, q.count - i);
}

}  // namespace

void Qs8Quantize(const Qs8QuantizeArgs& args) { args.reciprocal ? QuantizeAll<true>(args) : QuantizeAll<false>(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
