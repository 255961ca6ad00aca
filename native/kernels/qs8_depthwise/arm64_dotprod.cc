#include "kernels/qs8_depthwise/qs8_depthwise.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
namespace edgec::arm64_dotprod {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"
#include "kernels/arm64_interleave.inc"

inline __attribute__((always_inline)) int8x16_t Tap(const uint8_t* at) { return vld1q_s8(reinterpret_cast<const int8_t*>(at)); }

}  // namespace

void Qs8Depthwise(const Qs8DepthwiseArgs& args) {
  const Qs8DepthwiseArgs d = args;  // which no store of a result can change
  for (size_t c = 0; c < d.channels; c += kLanes) {
    const size_t at = c % d.period;
    const uint8_t* const* taps = d.taps;
    for (size_t p = 0; p < d.pixels; p++) {
      const int8_t* w = d.weights + at * d.quads * 4;
      int32x4_t acc[4];
      LoadSums(d.requant.bias + at, acc);
      for (size_t q = 0; q < d.quads; q++, taps += 4, w += 64) {
        int8x16_t quad[4];
        Interleave(Tap(taps[0] + c), Tap(taps[1] + c), Tap(taps[2] + c), Tap(taps[3] + c), quad);
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
