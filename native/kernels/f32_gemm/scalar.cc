#include "kernels/f32_gemm/f32_gemm.h"

namespace edgec::scalar {

void F32Gemm(const F32GemmArgs& g) {
  for (size_t l = 0; l < g.lines; l++)
    for (size_t m = 0; m < g.rows; m++) {
      const float* row = g.a + l * g.a_line + m * g.a_stride;
      float* y = g.y + l * g.y_line + m * g.y_stride;
      for (size_t n = 0; n < g.columns; n++) {
        const float* w = g.weights + n / kLanes * kLanes * g.segment_count * g.depth + n % kLanes;
        float acc = g.bias[n];
        for (size_t s = 0; s < g.segment_count; s++, w += g.depth * kLanes)
          for (size_t k = 0; k < g.depth; k++) acc += row[g.segments[s] + static_cast<int64_t>(k)] * w[k * kLanes];
        if (g.addend) acc += g.addend[&y[n] - g.y];
        y[n] = acc < g.min ? g.min : acc > g.max ? g.max : acc;
      }
    }
}

}  // namespace edgec::scalar
