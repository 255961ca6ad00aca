#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"
#include "kernels/requantize.h"

namespace edgec::scalar {

// Sums wrap, as those of vectors do.
void Qs8Depthwise3x3(const Qs8Depthwise3x3Args& d) {
  const Requant& q = d.requant;
  uint8_t* y = d.y;
  for (size_t oy = 0; oy < d.out_height; oy++)
    for (size_t ox = 0; ox < d.out_width; ox++)
      for (size_t c = 0; c < d.channels; c++) {
        uint32_t acc = q.bias[c];
        for (size_t kx = 0; kx < 3; kx++)
          for (size_t ky = 0; ky < 3; ky++) {
            // Below 0 wraps to more than any size.
            const size_t iy = oy * d.stride_y + ky - d.top, ix = ox * d.stride_x + kx - d.left;
            const bool inside = iy < d.height && ix < d.width;
            const uint8_t x = inside ? d.x[(iy * d.width + ix) * d.channels + c] : d.fill;
            const int8_t* w = d.weights + ((c / kLanes * 3 + kx) * kLanes + c % kLanes) * 4 + ky;
            for (size_t s = 0; s < d.sets; s++, w += RoundUp(d.channels, kLanes) * 12) acc += static_cast<uint32_t>(static_cast<int8_t>(x) * *w);
          }
        *y++ = static_cast<uint8_t>(RequantizeSum(static_cast<int32_t>(acc), q.multiplier[c], q.zero_point, q.min, q.max)) ^ d.flip;
      }
}

}  // namespace edgec::scalar
