#include "kernels/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
#pragma GCC optimize("O3")
namespace edgec::avx512vnni {
#define EDGEC_OWN_QS8_GEMM
#define EDGEC_OWN_QS8_DEPTHWISE
#define EDGEC_OWN_QS8_ADD
#include "kernels/portable.inc"
#undef EDGEC_OWN_QS8_GEMM
#undef EDGEC_OWN_QS8_DEPTHWISE
#undef EDGEC_OWN_QS8_ADD

// Requantises 16 sums of channels n … and stores the `left` of them that exist.
inline __attribute__((always_inline)) void Store(const Requant& q, size_t n, size_t left, __m512i acc, int8_t* to) {
  const __m512 low = _mm512_set1_ps(static_cast<float>(q.min - q.zero_point));
  const __m512 high = _mm512_set1_ps(static_cast<float>(q.max - q.zero_point));
  __m512 p = _mm512_mul_ps(_mm512_cvtepi32_ps(acc), _mm512_loadu_ps(q.multiplier + n));
  p = _mm512_min_ps(_mm512_max_ps(p, low), high);
  const __m512i y = _mm512_add_epi32(_mm512_cvtps_epi32(p), _mm512_set1_epi32(q.zero_point));
  const __mmask16 mask = left >= kLanes ? 0xffff : static_cast<__mmask16>((1u << left) - 1);
  _mm_mask_storeu_epi8(to, mask, _mm512_cvtepi32_epi8(y));
}

// gcc 12 spills accumulators with the intrinsic in a loop; the instruction itself keeps them in registers.
template <int kRows, int kColumns>
inline __attribute__((always_inline)) void Tile(const Qs8GemmArgs& g, size_t m, size_t n) {
  __m512i acc[kRows][kColumns];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; c++) acc[r][c] = _mm512_loadu_si512(g.requant.bias + n + c * kLanes);
  const int8_t* w = g.weights + n * g.depth;
  const size_t column = g.depth * kLanes;
  for (size_t k = 0; k < g.depth; k += 4, w += 64) {
    __m512i b[kColumns];
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; c++) b[c] = _mm512_loadu_si512(w + c * column);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; r++) {
      int32_t four;
      __builtin_memcpy(&four, g.a + (m + r) * g.depth + k, 4);
      const __m512i a = _mm512_set1_epi32(four);
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; c++) asm("vpdpbusd %2, %1, %0" : "+v"(acc[r][c]) : "v"(a), "v"(b[c]));
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; c++) Store(g.requant, n + c * kLanes, g.columns - n - c * kLanes, acc[r][c], g.y + (m + r) * g.y_stride + n + c * kLanes);
}

template <int kRows, int kColumns>
void Columns(const Qs8GemmArgs& g, size_t n) {
  size_t m = 0;
  for (; m + kRows <= g.rows; m += kRows) Tile<kRows, kColumns>(g, m, n);
  for (; m < g.rows; m++) Tile<1, kColumns>(g, m, n);
}

void Qs8Gemm(const Qs8GemmArgs& g) {
  size_t left = (g.columns + kLanes - 1) / kLanes;
  for (size_t n = 0; left > 0;) {
    const size_t take = left >= 4 ? 4 : left;
    switch (take) {
      case 4:
        Columns<6, 4>(g, n);
        break;
      case 3:
        Columns<8, 3>(g, n);
        break;
      case 2:
        Columns<12, 2>(g, n);
        break;
      default:
        Columns<14, 1>(g, n);
    }
    n += take * kLanes;
    left -= take;
  }
}

// Four pixels at a time share the weights of a tap.
template <size_t kPixels>
inline __attribute__((always_inline)) void Pixels(const Qs8DepthwiseArgs& d, size_t p, size_t c, size_t stride) {
  __m512i acc[kPixels];
#pragma GCC unroll 4
  for (size_t i = 0; i < kPixels; i++) acc[i] = _mm512_loadu_si512(d.requant.bias + c);
  const int8_t* const* taps = d.taps + p * d.tap_count;
  for (size_t t = 0; t < d.tap_count; t++) {
    const __m512i w =
        _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(d.weights + t * stride + c)));
#pragma GCC unroll 4
    for (size_t i = 0; i < kPixels; i++) {
      const auto* from = reinterpret_cast<const __m128i*>(taps[i * d.tap_count + t] + c);
      // The high halves of w are zero, so the pair product is the product of the low halves.
      acc[i] = _mm512_add_epi32(acc[i], _mm512_madd_epi16(_mm512_cvtepi8_epi32(_mm_loadu_si128(from)), w));
    }
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < kPixels; i++) Store(d.requant, c, d.channels - c, acc[i], d.y + (p + i) * d.channels + c);
}

void Qs8Depthwise(const Qs8DepthwiseArgs& d) {
  const size_t stride = (d.channels + kLanes - 1) / kLanes * kLanes;
  size_t p = 0;
  for (; p + 4 <= d.pixels; p += 4)
    for (size_t c = 0; c < d.channels; c += kLanes) Pixels<4>(d, p, c, stride);
  for (; p < d.pixels; p++)
    for (size_t c = 0; c < d.channels; c += kLanes) Pixels<1>(d, p, c, stride);
}

void Qs8Add(const Qs8AddArgs& s) {
  const __m512i ma = _mm512_set1_epi32(s.a_multiplier), mb = _mm512_set1_epi32(s.b_multiplier);
  const __m512i low = _mm512_set1_epi32(s.min), high = _mm512_set1_epi32(s.max);
  const __m128i shift = _mm_cvtsi32_si128(s.shift);
  for (size_t i = 0; i < s.count; i += kLanes) {
    const size_t left = s.count - i;
    const __mmask16 mask = left >= kLanes ? 0xffff : static_cast<__mmask16>((1u << left) - 1);
    const __m512i a = _mm512_mullo_epi32(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, s.a + i)), ma);
    const __m512i b = _mm512_mullo_epi32(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, s.b + i)), mb);
    const __m512i sum = _mm512_add_epi32(_mm512_add_epi32(a, b), _mm512_set1_epi32(s.offset));
    __m512i y = _mm512_add_epi32(_mm512_sra_epi32(sum, shift), _mm512_set1_epi32(s.zero_point));
    y = _mm512_min_epi32(_mm512_max_epi32(y, low), high);
    _mm_mask_storeu_epi8(s.y + i, mask, _mm512_cvtepi32_epi8(y));
  }
}

extern const KernelSet kKernels;
const KernelSet kKernels = {"x86_avx512vnni", Qs8Gemm, F32Gemm, Qs8Depthwise, F32Depthwise, Qs8Add};
}  // namespace edgec::avx512vnni
#pragma GCC pop_options
#endif
