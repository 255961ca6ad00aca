#include "kernels/qs8_gemm/qs8_gemm.h"

#include <cstring>

#define EDGEC_FUNCTION Qs8Gemm
#define EDGEC_MANIFEST "kernels/qs8_gemm/kernels.inc"
#include "kernels/family.inc"

namespace edgec {

void PackQs8Gemm(const Layout& layout, const int8_t* w, size_t columns, size_t segments, size_t depth, int8_t* packed) {
  const size_t padded = RoundUp(depth, kQs8GemmDepthUnit), unit = layout.unit;
  std::memset(packed, 0, Qs8GemmWeightBytes(columns, segments, depth));
  for (size_t n = 0; n < columns; n++) {
    int8_t* column = packed + n / kLanes * kLanes * segments * padded + n % kLanes * unit;
    for (size_t s = 0; s < segments; s++)
      for (size_t k = 0; k < depth; k++) column[(s * padded + k / unit * unit) * kLanes + k % unit] = *w++;
  }
}

}  // namespace edgec
