#include "kernels/qs8_depthwise/qs8_depthwise.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
#include "kernels/x86_avx512_requant.inc"

inline __attribute__((always_inline)) void Quad(__m512i t0, __m512i t1, __m512i t2, __m512i t3, __m512i* quad) {
  const __m512i low01 = _mm512_unpacklo_epi8(t0, t1), high01 = _mm512_unpackhi_epi8(t0, t1);
  const __m512i low23 = _mm512_unpacklo_epi8(t2, t3), high23 = _mm512_unpackhi_epi8(t2, t3);
  quad[0] = _mm512_unpacklo_epi16(low01, low23);
  quad[1] = _mm512_unpackhi_epi16(low01, low23);
  quad[2] = _mm512_unpacklo_epi16(high01, high23);
  quad[3] = _mm512_unpackhi_epi16(high01, high23);
}

// All pixels of the 64 channels from c, of which `channels` tells which exist. kQuads is 0 where it is not known.
template <size_t kQuads, typename Channels>
void Group(const Qs8DepthwiseArgs& args, const Requantizer& shared, size_t c, Channels channels) {
  // Copies, which stores of bytes cannot change.
  const Qs8DepthwiseArgs d = args;
  const Requantizer requantizer = shared;
  const size_t at = c % d.period, quads = kQuads ? kQuads : d.quads;
  const uint8_t* const* taps = d.taps;
  for (size_t p = 0; p < d.pixels; p++) {
    __m512i acc[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) acc[i] = _mm512_loadu_si512(d.requant.bias + at + i * 16);
    const int8_t* w = d.weights + at * quads * 4;
#pragma GCC unroll 3
    for (size_t q = 0; q < quads; q++, taps += 4, w += 256) {
      __m512i quad[4];
      Quad(channels.Load(taps[0] + c), channels.Load(taps[1] + c), channels.Load(taps[2] + c), channels.Load(taps[3] + c), quad);
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) acc[i] = _mm512_dpbusd_epi32(acc[i], quad[i], _mm512_loadu_si512(w + i * 64));
    }
    requantizer.StoreInterleaved(acc, at, channels, d.y + p * d.channels + c);
  }
}

template <typename Channels>
void Groups(const Qs8DepthwiseArgs& d, const Requantizer& requantizer, size_t c, Channels channels) {
  if (d.quads == 3) Group<3>(d, requantizer, c, channels);
  else Group<0>(d, requantizer, c, channels);
}

}  // namespace

void Qs8Depthwise(const Qs8DepthwiseArgs& d) {
  const Requantizer requantizer(d.requant, d.flip);
  size_t c = 0;
  for (; c + 64 <= d.channels; c += 64) Groups(d, requantizer, c, AllChannels{});
  if (c < d.channels) Groups(d, requantizer, c, SomeChannels(d.channels - c));
}

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
