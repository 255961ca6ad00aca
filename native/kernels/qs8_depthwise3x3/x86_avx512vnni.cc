#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>

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
template <typename Channels>
struct Lines {
  const uint8_t* row[3];
  size_t step[3];
  size_t width;
  Channels channels;
  Quads fill;

  // Column ix, which lies outside where it is below 0 (and wraps) or not below the width.
  inline __attribute__((always_inline)) Quads Column(size_t ix) const { return ix < width ? Inside(ix) : fill; }
  inline __attribute__((always_inline)) Quads Inside(size_t ix) const {
    return Interleave(channels.Load(row[0] + ix * step[0]), channels.Load(row[1] + ix * step[1]), channels.Load(row[2] + ix * step[2]));
  }
};

inline __attribute__((always_inline)) void Set(__m512i* acc, const __m512i* from) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) acc[i] = from[i];
}

// One column ends an output, is the middle of the next, and begins the one after it.
template <bool kInside, typename Channels>
inline __attribute__((always_inline)) void Step(const Lines<Channels>& lines, size_t ix, const __m512i* w, const __m512i* bias, __m512i* a, __m512i* b,
                                                __m512i* done) {
  const Quads x = kInside ? lines.Inside(ix) : lines.Column(ix);
  Set(done, a);
  Add(done, x, w + 8);
  Set(a, b);
  Add(a, x, w + 4);
  Set(b, bias);
  Add(b, x, w);
}

template <typename Channels>
struct Output {
  const Requantizer requantizer;
  size_t group, pixel;
  Channels channels;
  uint8_t* to;

  inline __attribute__((always_inline)) void Store(const __m512i* acc) {
    requantizer.StoreInterleaved(acc, group, channels, to);
    to += pixel;
  }
};

template <typename Channels>
inline __attribute__((always_inline)) void Dense(const Qs8Depthwise3x3Args& d, const Lines<Channels>& lines, const __m512i* w, const __m512i* bias,
                                                   Output<Channels> out) {
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

template <typename Channels>
inline __attribute__((always_inline)) void Strided(const Qs8Depthwise3x3Args& d, const Lines<Channels>& lines, const __m512i* w, const __m512i* bias,
                                                   Output<Channels> out) {
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

// Lines of output from `first` to `end`, of 64 channels or fewer from c.
template <typename Channels>
void Group(const Qs8Depthwise3x3Args& args, const Requantizer& requantizer, size_t c, Channels channels, size_t first, size_t end) {
  // A copy, which stores of bytes cannot change.
  const Qs8Depthwise3x3Args d = args;
  alignas(64) uint8_t fill[64];
  _mm512_store_si512(fill, _mm512_set1_epi8(static_cast<char>(d.fill)));
  const __m512i filled = _mm512_load_si512(fill);
  __m512i w[12], bias[4];
#pragma GCC unroll 12
  for (int i = 0; i < 12; i++) w[i] = _mm512_loadu_si512(d.weights + c * 12 + i * 64);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) bias[i] = _mm512_loadu_si512(d.requant.bias + c + i * 16);
  Lines<Channels> lines{{}, {}, d.width, channels, Interleave(filled, filled, filled)};
  for (size_t oy = first; oy < end; oy++) {
    for (size_t ky = 0; ky < 3; ky++) {
      const size_t iy = oy * d.stride_y + ky - d.top;
      const bool inside = iy < d.height;
      lines.row[ky] = inside ? d.x + iy * d.width * d.channels + c : fill;
      lines.step[ky] = inside ? d.channels : 0;
    }
    const Output<Channels> out{requantizer, c, d.channels, channels, d.y + oy * d.out_width * d.channels + c};
    if (d.stride_x == 1) Dense(d, lines, w, bias, out);
    else Strided(d, lines, w, bias, out);
  }
}

// A line of an image as bytes, or the fill where there is none.
struct Line {
  const uint8_t* row;
  int64_t bytes;
  __m512i fill;

  // 64 bytes from `at`, those outside being the fill.
  inline __attribute__((always_inline)) __m512i Load(int64_t at) const {
    if (!row || at <= -64 || at >= bytes) return fill;
    if (at >= 0 && at + 64 <= bytes) return _mm512_loadu_si512(row + at);
    const __mmask64 from = at < 0 ? ~0ull << -at : ~0ull, to = at + 64 > bytes ? ~0ull >> (at + 64 - bytes) : ~0ull;
    return _mm512_mask_loadu_epi8(fill, from & to, row + at);
  }
};

template <typename Channels>
inline __attribute__((always_inline)) void Together(const Line* lines, int64_t at, int64_t pixel, const __m512i* w, const __m512i* bias,
                                                    const Requantizer& requantizer, Channels outputs, uint8_t* to) {
  __m512i acc[4];
  Set(acc, bias);
#pragma GCC unroll 3
  for (int kx = 0; kx < 3; kx++, at += pixel) Add(acc, Interleave(lines[0].Load(at), lines[1].Load(at), lines[2].Load(at)), w + 4 * kx);
  requantizer.StoreInterleaved(acc, 0, outputs, to);
}

// Neighbouring outputs of a line fill 64 lanes together.
void Pixels(const Qs8Depthwise3x3Args& args, const Requantizer& shared) {
  // Copies, which stores of bytes cannot change.
  const Qs8Depthwise3x3Args d = args;
  const Requantizer requantizer = shared;
  const auto pixel = static_cast<int64_t>(d.channels), first = -static_cast<int64_t>(d.left) * pixel;
  const int64_t line_bytes = static_cast<int64_t>(d.width) * pixel;
  const size_t outputs = d.out_width * d.channels;
  __m512i w[12], bias[4];
#pragma GCC unroll 12
  for (int i = 0; i < 12; i++) w[i] = _mm512_loadu_si512(d.weights + i * 64);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) bias[i] = _mm512_loadu_si512(d.requant.bias + i * 16);
  for (size_t oy = 0; oy < d.out_height; oy++) {
    Line lines[3];
    for (size_t ky = 0; ky < 3; ky++) {
      const size_t iy = oy * d.stride_y + ky - d.top;
      lines[ky] = {iy < d.height ? d.x + iy * d.width * d.channels : nullptr, line_bytes, _mm512_set1_epi8(static_cast<char>(d.fill))};
    }
    uint8_t* to = d.y + oy * outputs;
    int64_t at = first;
    size_t left = outputs;
    for (; left >= 64; left -= 64, at += 64, to += 64) Together(lines, at, pixel, w, bias, requantizer, AllChannels{}, to);
    if (left > 0) Together(lines, at, pixel, w, bias, requantizer, SomeChannels(left), to);
  }
}

}  // namespace

void Qs8Depthwise3x3(const Qs8Depthwise3x3Args& d) {
  const Requantizer requantizer(d.requant, d.flip);
  if (d.stride_x == 1 && d.channels < 64 && 64 % d.channels == 0) return Pixels(d, requantizer);
  // Groups share the lines of a band while these are near.
  constexpr size_t kBandBytes = 1 << 17;
  const size_t band = std::max<size_t>(1, kBandBytes / (d.width * d.channels * d.stride_y));
  for (size_t first = 0; first < d.out_height; first += band) {
    const size_t end = std::min(d.out_height, first + band);
    size_t c = 0;
    for (; c + 64 <= d.channels; c += 64) Group(d, requantizer, c, AllChannels{}, first, end);
    if (c < d.channels) Group(d, requantizer, c, SomeChannels(d.channels - c), first, end);
  }
}

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
