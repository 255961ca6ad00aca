#include "kernels/qs8_depthwise/qs8_depthwise.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
namespace edgec::arm64_dotprod {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"

inline __attribute__((always_inline)) int16x8_t Pairs(int8x16_t v) { return vreinterpretq_s16_s8(v); }

// The bytes of four taps side by side: quad[i] has channels 4i to 4i + 3.
inline __attribute__((always_inline)) void Interleave(const uint8_t* const* taps, size_t c, int8x16_t* quad) {
  int8x16_t t[4];
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) t[k] = vld1q_s8(reinterpret_cast<const int8_t*>(taps[k] + c));
  const int16x8_t low01 = Pairs(vzip1q_s8(t[0], t[1])), high01 = Pairs(vzip2q_s8(t[0], t[1]));
  const int16x8_t low23 = Pairs(vzip1q_s8(t[2], t[3])), high23 = Pairs(vzip2q_s8(t[2], t[3]));
  quad[0] = vreinterpretq_s8_s16(vzip1q_s16(low01, low23));
  quad[1] = vreinterpretq_s8_s16(vzip2q_s16(low01, low23));
  quad[2] = vreinterpretq_s8_s16(vzip1q_s16(high01, high23));
  quad[3] = vreinterpretq_s8_s16(vzip2q_s16(high01, high23));
}

}  // namespace

void Qs8Depthwise(const Qs8DepthwiseArgs& d) {
  for (size_t c = 0; c < d.channels; c += kLanes) {
    const size_t at = c % d.period;
    const uint8_t* const* taps = d.taps;
    for (size_t p = 0; p < d.pixels; p++) {
      const int8_t* w = d.weights + at * d.quads * 4;
      int32x4_t acc[4];
      LoadSums(d.requant.bias + at, acc);
      for (size_t q = 0; q < d.quads; q++, taps += 4, w += 64) {
        int8x16_t quad[4];
        Interleave(taps, c, quad);
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) acc[i] = vdotq_s32(acc[i], quad[i], vld1q_s8(w + i * 16));
      }
      StoreSums(acc, d.requant, at, d.flip, d.y + p * d.channels + c, d.channels - c);
    }
  }
}

}  // namespace edgec::arm64_dotprod
#pragma GCC pop_options
#endif
