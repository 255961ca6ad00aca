#include "kernels/qs8_depthwise/qs8_depthwise.h"
#include "kernels/requantize.h"

namespace edgec::scalar {

// Sums wrap, as those of vectors do.
void Qs8Depthwise(const Qs8DepthwiseArgs& d) {
  const Requant& q = d.requant;
  for (size_t p = 0; p < d.pixels; p++)
    for (size_t c = 0; c < d.channels; c++) {
      const size_t at = c % d.period, first = at / kLanes * kLanes;
      uint32_t acc = q.bias[at];
      for (size_t t = 0; t < 4 * d.quads; t++) {
        const auto x = static_cast<int8_t>(d.taps[p * 4 * d.quads + t][c]);
        acc += static_cast<uint32_t>(x * d.weights[((first * d.quads + t / 4 * kLanes) + at % kLanes) * 4 + t % 4]);
      }
      d.y[p * d.channels + c] = static_cast<uint8_t>(RequantizeSum(static_cast<int32_t>(acc), q.multiplier[at], q.zero_point, q.min, q.max)) ^ d.flip;
    }
}

}  // namespace edgec::scalar
