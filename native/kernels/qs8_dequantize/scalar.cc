#include "kernels/qs8_dequantize/qs8_dequantize.h"

namespace edgec::scalar {

void Qs8Dequantize(const Qs8DequantizeArgs& d) {
  for (size_t i = 0; i < d.count; i++)
    d.y[i] = static_cast<float>(static_cast<int8_t>(d.x[i] ^ d.flip) - d.zero_point) * d.scale;
}

}  // namespace edgec::scalar
