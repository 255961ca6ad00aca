#include "kernels/qs8_depthwise/qs8_depthwise.h"

#if defined(__aarch64__)

namespace edgec::arm64_neon {
namespace {
#include "kernels/vectors.inc"
}

void Qs8Depthwise(const Qs8DepthwiseArgs& d) {
  for (size_t p = 0; p < d.pixels; p++)
    for (size_t c = 0; c < d.channels; c += kLanes) {
      const size_t at = d.repeat ? 0 : c;
      const int8_t* w = d.weights + at * d.quads * 4;
      I32x16 acc = Load<I32x16>(d.requant.bias + at);
      for (size_t t = 0; t < 4 * d.quads; t++) {
        int8_t column[kLanes];
        for (size_t i = 0; i < kLanes; i++) column[i] = w[(t / 4 * kLanes + i) * 4 + t % 4];
        acc += __builtin_convertvector(Load<I8x16>(d.taps[p * 4 * d.quads + t] + c), I32x16) *
               __builtin_convertvector(Load<I8x16>(column), I32x16);
      }
      const I8x16 y = Requantize(acc, d.requant, at) ^ static_cast<int8_t>(d.flip);
      StoreSome(reinterpret_cast<int8_t*>(d.y + p * d.channels + c), y, d.channels - c);
    }
}

}  // namespace edgec::arm64_neon
#endif
