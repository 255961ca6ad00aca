#include "kernels/f32_gemm/f32_gemm.h"

#include <algorithm>

#define EDGEC_FUNCTION F32Gemm
#define EDGEC_MANIFEST "kernels/f32_gemm/kernels.inc"
#include "kernels/family.inc"

namespace edgec {

void PackF32Gemm(const float* w, size_t columns, size_t segments, size_t depth, float* packed) {
  const size_t all = segments * depth;
  std::fill_n(packed, F32GemmWeightCount(columns, segments, depth), 0.0f);
  for (size_t n = 0; n < columns; n++)
    for (size_t k = 0; k < all; k++) packed[(n / kLanes * all + k) * kLanes + n % kLanes] = *w++;
}

}  // namespace edgec
