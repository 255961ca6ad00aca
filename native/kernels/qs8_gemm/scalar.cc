#include "kernels/qs8_gemm/qs8_gemm.h"
#include "kernels/requantize.h"

namespace edgec::scalar {

// Sums wrap, as those of vectors do.
void Qs8Gemm(const Qs8GemmArgs& g) {
  const Requant& q = g.requant;
  for (size_t l = 0; l < g.lines; l++)
    for (size_t m = 0; m < g.rows; m++) {
      const auto* row = reinterpret_cast<const int8_t*>(g.a + l * g.a_line + m * g.a_stride);
      uint8_t* y = g.y + l * g.y_line + m * g.y_stride;
      for (size_t n = 0; n < g.columns; n++) {
        const int8_t* w = g.weights + n / kLanes * kLanes * g.segment_count * g.depth + n % kLanes;
        uint32_t acc = q.bias[n];
        for (size_t s = 0; s < g.segment_count; s++, w += g.depth * kLanes)
          for (size_t k = 0; k < g.depth; k++) acc += static_cast<uint32_t>(row[g.segments[s] + static_cast<int64_t>(k)] * w[k * kLanes]);
        y[n] = static_cast<uint8_t>(RequantizeSum(static_cast<int32_t>(acc), q.multiplier[n], q.zero_point, q.min, q.max)) ^ g.flip;
      }
    }
}

}  // namespace edgec::scalar
