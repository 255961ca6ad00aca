#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(__aarch64__)

namespace edgec::arm64_neon {
namespace {
#include "kernels/vectors.inc"
}

void Qs8Gemm(const Qs8GemmArgs& g) {
  const size_t panel = g.segment_count * g.depth;
  for (size_t n = 0; n < g.columns; n += kLanes)
    for (size_t l = 0; l < g.lines; l++)
      for (size_t m = 0; m < g.rows; m++) {
        const auto* row = reinterpret_cast<const int8_t*>(g.a + l * g.a_line + m * g.a_stride);
        const int8_t* w = g.weights + n * panel;
        I32x16 acc = Load<I32x16>(g.requant.bias + n);
        for (size_t s = 0; s < g.segment_count; s++)
          for (size_t k = 0; k < g.depth; k++, w += kLanes)
            acc += __builtin_convertvector(Load<I8x16>(w), I32x16) * static_cast<int32_t>(row[g.segments[s] + static_cast<int64_t>(k)]);
        const I8x16 y = Requantize(acc, g.requant, n) ^ static_cast<int8_t>(g.flip);
        StoreSome(reinterpret_cast<int8_t*>(g.y + l * g.y_line + m * g.y_stride + n), y, g.columns - n);
      }
}

}  // namespace edgec::arm64_neon
#endif
