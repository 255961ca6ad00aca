#include "kernels/qs8_depthwise/qs8_depthwise.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"

inline __attribute__((always_inline)) void AddTap(const uint8_t* tap, int8x16_t w, int32x4_t* acc) {
  const int8x16_t x = vld1q_s8(reinterpret_cast<const int8_t*>(tap));
  const int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(w)), high = vmull_high_s8(x, w);
  acc[0] = vaddw_s16(acc[0], vget_low_s16(low));
  acc[1] = vaddw_high_s16(acc[1], low);
  acc[2] = vaddw_s16(acc[2], vget_low_s16(high));
  acc[3] = vaddw_high_s16(acc[3], high);
}

// Pixels side by side share the weights, which a load takes apart by taps.
template <size_t kPixels>
inline __attribute__((always_inline)) void Pixels(const Qs8DepthwiseArgs& d, size_t p, size_t c) {
  const size_t at = c % d.period;
  const int8_t* w = d.weights + at * d.quads * 4;
  const uint8_t* const* taps = d.taps + p * 4 * d.quads;
  int32x4_t acc[kPixels][4];
#pragma GCC unroll 4
  for (size_t i = 0; i < kPixels; i++) LoadSums(d.requant.bias + at, acc[i]);
  for (size_t t = 0; t < 4 * d.quads; t += 4, w += 64) {
    const int8x16x4_t quad = vld4q_s8(w);
#pragma GCC unroll 4
    for (size_t i = 0; i < kPixels; i++)
#pragma GCC unroll 4
      for (size_t k = 0; k < 4; k++) AddTap(taps[i * 4 * d.quads + t + k] + c, quad.val[k], acc[i]);
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < kPixels; i++)
    StoreSums(acc[i], d.requant, at, d.flip, d.y + (p + i) * d.channels + c, d.channels - c);
}

}  // namespace

void Qs8Depthwise(const Qs8DepthwiseArgs& args) {
  const Qs8DepthwiseArgs d = args;  // which no store of a result can change
  for (size_t c = 0; c < d.channels; c += kLanes) {
    size_t p = 0;
    for (; p + 4 <= d.pixels; p += 4) Pixels<4>(d, p, c);
    for (; p < d.pixels; p++) Pixels<1>(d, p, c);
  }
}

}  // namespace edgec::arm64_neon
#endif
