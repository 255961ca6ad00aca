#include "kernels/qs8_gemm/qs8_gemm.h"

#include <cstring>

#define EDGEC_FUNCTION Qs8Gemm
#define EDGEC_MANIFEST "kernels/qs8_gemm/kernels.inc"
#include "kernels/family.inc"

namespace edgec {

namespace {

// One run of one column of a panel: `unit` bytes every 16 units.
template <size_t kUnit>
void PackRun(const int8_t* w, size_t depth, size_t column, int8_t* packed) {
  const size_t whole = depth / kUnit * kUnit, piece = Qs8GemmPiece(kUnit, depth, whole);
  for (size_t k = 0; k < whole; k += kUnit) std::memcpy(packed + k * kLanes + column * kUnit, w + k, kUnit);
  for (size_t k = whole; k < depth; k++) packed[whole * kLanes + column * piece + k - whole] = w[k];
}

}  // namespace

void PackQs8Gemm(const Layout& layout, const int8_t* w, size_t columns, size_t segments, size_t depth, int8_t* packed) {
  const size_t padded = RoundUp(depth, kQs8GemmDepthUnit), unit = layout.unit;
  const auto pack = unit == 8 ? PackRun<8> : unit == 4 ? PackRun<4> : unit == 2 ? PackRun<2> : PackRun<1>;
  if (depth != padded || columns % kLanes != 0) std::memset(packed, 0, Qs8GemmWeightBytes(columns, segments, depth));
  for (size_t n = 0; n < columns; n += kLanes, packed += kLanes * segments * padded)
    for (size_t s = 0; s < segments; s++)
      for (size_t i = 0; i < kLanes && n + i < columns; i++)
        pack(w + ((n + i) * segments + s) * depth, depth, i, packed + s * padded * kLanes);
}

}  // namespace edgec
