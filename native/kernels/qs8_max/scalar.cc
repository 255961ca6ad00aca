#include "kernels/qs8_max/qs8_max.h"

namespace edgec::scalar {

void Qs8Max(const Qs8MaxArgs& m) {
  for (size_t c = 0; c < m.channels; c++) {
    int8_t best = -128;
    for (size_t r = 0; r < m.row_count; r++)
      for (size_t p = 0; p < m.pixels; p++) {
        const auto v = static_cast<int8_t>(m.rows[r][p * m.stride + c] ^ m.x_flip);
        best = v > best ? v : best;
      }
    m.y[c] = static_cast<uint8_t>(best) ^ m.y_flip;
  }
}

}  // namespace edgec::scalar
