#include "kernels/qs8_quantize/qs8_quantize.h"

#include <cmath>

namespace edgec::scalar {

void Qs8Quantize(const Qs8QuantizeArgs& q) {
  const float low = static_cast<float>(-128 - q.zero_point), high = static_cast<float>(127 - q.zero_point), inverse = 1.0f / q.scale;
  for (size_t i = 0; i < q.count; i++) {
    const float p = q.reciprocal ? q.x[i] * inverse : q.x[i] / q.scale;
    const float real = p != p ? 0.0f : p < low ? low : p > high ? high : p;
    q.y[i] = static_cast<uint8_t>(q.zero_point + static_cast<int32_t>(std::nearbyint(real))) ^ q.flip;
  }
}

}  // namespace edgec::scalar
