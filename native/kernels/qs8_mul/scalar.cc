#include "kernels/qs8_mul/qs8_mul.h"
#include "kernels/requantize.h"

namespace edgec::scalar {

void Qs8Mul(const Qs8MulArgs& m) {
  for (size_t i = 0; i < m.count; i++) {
    const int32_t a = static_cast<int8_t>(m.a[i] ^ m.a_flip) - m.a_zero, b = static_cast<int8_t>(m.b[i * m.b_step] ^ m.b_flip) - m.b_zero;
    m.y[i] = static_cast<uint8_t>(RequantizeSum(a * b, m.multiplier, m.zero_point, m.min, m.max)) ^ m.y_flip;
  }
}

}  // namespace edgec::scalar
