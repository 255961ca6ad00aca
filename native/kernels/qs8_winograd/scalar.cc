#include "kernels/qs8_winograd/qs8_winograd.h"
#include "kernels/requantize.h"

namespace edgec::scalar {

// The convolution that the filtering stands for.
void Qs8Winograd(const Qs8WinogradArgs& g) {
  const Requant& q = g.requant;
  const size_t across = RoundUp(g.out_width, g.side) / g.side, run = RoundUp(3 * g.channels, 4) * kLanes;
  for (size_t i = 0; i < g.out_height * g.out_width; i++) {
    const size_t oy = i / g.out_width, ox = i % g.out_width, square = oy / g.side * across + ox / g.side;
    if (square < g.first || square >= g.end) continue;
    for (size_t n = 0; n < g.columns; n++) {
      const int8_t* w = g.weights + n / kLanes * 3 * run + n % kLanes;
      uint32_t acc = q.bias[n];
      for (size_t tap = 0; tap < 9; tap++) {
        const size_t iy = oy + tap / 3 - g.top, ix = ox + tap % 3 - g.left;
        for (size_t c = 0; c < g.channels; c++) {
          const auto x = static_cast<int8_t>(iy < g.height && ix < g.width ? g.x[(iy * g.width + ix) * g.channels + c] : g.fill);
          acc += static_cast<uint32_t>(x * w[tap / 3 * run + (tap % 3 * g.channels + c) * kLanes]);
        }
      }
      g.y[i * g.y_stride + n] =
          static_cast<uint8_t>(RequantizeSum(static_cast<int32_t>(acc), q.multiplier[n], q.zero_point, q.min, q.max)) ^ g.flip;
    }
  }
}

}  // namespace edgec::scalar
