#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
#include "kernels/x86_avx512_requant.inc"

// 64 channels of three rows of one column, as four vectors of (row 0, row 1, row 2, 0).
struct Quads {
  __m512i v[4];
};

inline __attribute__((always_inline)) Quads Interleave(__m512i r0, __m512i r1, __m512i r2) {
  const __m512i none = _mm512_setzero_si512();
  const __m512i low01 = _mm512_unpacklo_epi8(r0, r1), high01 = _mm512_unpackhi_epi8(r0, r1);
  const __m512i low2 = _mm512_unpacklo_epi8(r2, none), high2 = _mm512_unpackhi_epi8(r2, none);
  return {{_mm512_unpacklo_epi16(low01, low2), _mm512_unpackhi_epi16(low01, low2), _mm512_unpacklo_epi16(high01, high2),
           _mm512_unpackhi_epi16(high01, high2)}};
}

// gcc 12 spills accumulators with the intrinsic in a loop; the instruction itself keeps them in registers.
inline __attribute__((always_inline)) void Add(__m512i* acc, const Quads& x, const __m512i* w) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) asm("vpdpbusd %2, %1, %0" : "+v"(acc[i]) : "v"(x.v[i]), "vm"(w[i]));
}

// Three rows of an image, or the fill with a step of 0 where there is none.
struct Lines {
  const uint8_t* row[3];
  size_t step[3];
  size_t width;
  __mmask64 mask;
  Quads fill;

  // Column ix, which lies outside where it is below 0 (and wraps) or not below the width.
  inline __attribute__((always_inline)) Quads Column(size_t ix) const { return ix < width ? Inside(ix) : fill; }
  inline __attribute__((always_inline)) Quads Inside(size_t ix) const {
    return Interleave(_mm512_maskz_loadu_epi8(mask, row[0] + ix * step[0]), _mm512_maskz_loadu_epi8(mask, row[1] + ix * step[1]),
                      _mm512_maskz_loadu_epi8(mask, row[2] + ix * step[2]));
  }
};

inline __attribute__((always_inline)) void Set(__m512i* acc, const __m512i* from) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) acc[i] = from[i];
}

// One column ends an output, is the middle of the next, and begins the one after it.
template <bool kInside>
inline __attribute__((always_inline)) void Step(const Lines& lines, size_t ix, const __m512i* w, const __m512i* bias, __m512i* a, __m512i* b,
                                                __m512i* done) {
  const Quads x = kInside ? lines.Inside(ix) : lines.Column(ix);
  Set(done, a);
  Add(done, x, w + 8);
  Set(a, b);
  Add(a, x, w + 4);
  Set(b, bias);
  Add(b, x, w);
}

struct Output {
  const Requantizer& requantizer;
  size_t group, pixel;
  __mmask64 mask;
  uint8_t* to;

  inline __attribute__((always_inline)) void Store(const __m512i* acc) {
    requantizer.StoreInterleaved(acc, group, mask, to);
    to += pixel;
  }
};

inline __attribute__((always_inline)) void Dense(const Qs8Depthwise3x3Args& d, const Lines& lines, const __m512i* w, const __m512i* bias, Output out) {
  __m512i a[4], b[4], done[4];
  size_t ix = -d.left;
  Quads x = lines.Column(ix++);
  Set(a, bias);
  Add(a, x, w);
  x = lines.Column(ix++);
  Add(a, x, w + 4);
  Set(b, bias);
  Add(b, x, w);
  size_t ox = 0;
  for (; ox < d.out_width && ix >= d.width; ox++, ix++) {
    Step<false>(lines, ix, w, bias, a, b, done);
    out.Store(done);
  }
  for (; ox < d.out_width && ix < d.width; ox++, ix++) {
    Step<true>(lines, ix, w, bias, a, b, done);
    out.Store(done);
  }
  for (; ox < d.out_width; ox++, ix++) {
    Step<false>(lines, ix, w, bias, a, b, done);
    out.Store(done);
  }
}

inline __attribute__((always_inline)) void Strided(const Qs8Depthwise3x3Args& d, const Lines& lines, const __m512i* w, const __m512i* bias, Output out) {
  size_t ix = -d.left;
  Quads last = lines.Column(ix);
  for (size_t ox = 0; ox < d.out_width; ox++, ix += 2) {
    __m512i acc[4];
    Set(acc, bias);
    Add(acc, last, w);
    Add(acc, lines.Column(ix + 1), w + 4);
    last = lines.Column(ix + 2);
    Add(acc, last, w + 8);
    out.Store(acc);
  }
}

void Group(const Qs8Depthwise3x3Args& d, const Requantizer& requantizer, size_t c) {
  const size_t left = d.channels - c;
  const __mmask64 mask = left >= 64 ? ~0ull : ~0ull >> (64 - left);
  alignas(64) uint8_t fill[64];
  _mm512_store_si512(fill, _mm512_set1_epi8(static_cast<char>(d.fill)));
  const __m512i filled = _mm512_load_si512(fill);
  __m512i w[12], bias[4];
#pragma GCC unroll 12
  for (int i = 0; i < 12; i++) w[i] = _mm512_loadu_si512(d.weights + c * 12 + i * 64);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) bias[i] = _mm512_loadu_si512(d.requant.bias + c + i * 16);
  Lines lines{{}, {}, d.width, mask, Interleave(filled, filled, filled)};
  for (size_t oy = 0; oy < d.out_height; oy++) {
    for (size_t ky = 0; ky < 3; ky++) {
      const size_t iy = oy * d.stride_y + ky - d.top;
      const bool inside = iy < d.height;
      lines.row[ky] = inside ? d.x + iy * d.width * d.channels + c : fill;
      lines.step[ky] = inside ? d.channels : 0;
    }
    const Output out{requantizer, c, d.channels, mask, d.y + oy * d.out_width * d.channels + c};
    if (d.stride_x == 1) Dense(d, lines, w, bias, out);
    else Strided(d, lines, w, bias, out);
  }
}

}  // namespace

void Qs8Depthwise3x3(const Qs8Depthwise3x3Args& d) {
  const Requantizer requantizer(d.requant, d.flip);
  for (size_t c = 0; c < d.channels; c += 64) Group(d, requantizer, c);
}

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
