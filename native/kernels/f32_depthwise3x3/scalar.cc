#include "kernels/f32_depthwise3x3/f32_depthwise3x3.h"

namespace edgec::scalar {

void F32Depthwise3x3(const F32Depthwise3x3Args& d) {
  const size_t padded = RoundUp(d.channels, kLanes);
  float* y = d.y;
  for (size_t oy = 0; oy < d.out_height; oy++)
    for (size_t ox = 0; ox < d.out_width; ox++)
      for (size_t c = 0; c < d.channels; c++) {
        float acc = d.bias[c];
        for (size_t k = 0; k < 9; k++) {
          // Below 0 wraps to more than any size.
          const size_t iy = oy * d.stride_y + k / 3 - d.top, ix = ox * d.stride_x + k % 3 - d.left;
          if (iy < d.height && ix < d.width) acc += d.x[(iy * d.width + ix) * d.channels + c] * d.weights[k * padded + c];
        }
        *y++ = acc < d.min ? d.min : acc > d.max ? d.max : acc;
      }
}

}  // namespace edgec::scalar
