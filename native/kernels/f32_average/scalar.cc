#include "kernels/f32_average/f32_average.h"

namespace edgec::scalar {

void F32Average(const F32AverageArgs& a) {
  for (size_t c = 0; c < a.channels; c++) {
    double sum = 0;
    for (size_t r = 0; r < a.row_count; r++)
      for (size_t p = 0; p < a.pixels; p++) sum += static_cast<double>(a.rows[r][p * a.stride + c]);
    const auto average = static_cast<float>(sum / a.divisor);
    a.y[c] = average < a.min ? a.min : average > a.max ? a.max : average;
  }
}

}  // namespace edgec::scalar
