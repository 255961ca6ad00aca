#include "kernels/f32_depthwise/f32_depthwise.h"

namespace edgec::scalar {

void F32Depthwise(const F32DepthwiseArgs& d) {
  const size_t stride = RoundUp(d.channels, kLanes);
  for (size_t p = 0; p < d.pixels; p++)
    for (size_t c = 0; c < d.channels; c++) {
      float acc = d.bias[c];
      for (size_t t = 0; t < d.tap_count; t++) acc += d.x[p * d.x_stride + static_cast<size_t>(d.taps[t]) + c] * d.weights[t * stride + c];
      d.y[p * d.channels + c] = acc < d.min ? d.min : acc > d.max ? d.max : acc;
    }
}

}  // namespace edgec::scalar
