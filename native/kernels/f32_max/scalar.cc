#include "kernels/f32_max/f32_max.h"

namespace edgec::scalar {

void F32Max(const F32MaxArgs& m) {
  for (size_t c = 0; c < m.channels; c++) {
    float best = -__builtin_inff();
    for (size_t r = 0; r < m.row_count; r++)
      for (size_t p = 0; p < m.pixels; p++) {
        const float v = m.rows[r][p * m.stride + c];
        best = v > best ? v : best;
      }
    m.y[c] = best < m.min ? m.min : best > m.max ? m.max : best;
  }
}

}  // namespace edgec::scalar
