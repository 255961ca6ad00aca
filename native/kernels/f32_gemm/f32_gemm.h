#ifndef EDGEC_KERNELS_F32_GEMM_F32_GEMM_H_
#define EDGEC_KERNELS_F32_GEMM_F32_GEMM_H_

#include "kernels/kernel.h"

namespace edgec {

// y[l][m][n] = clamp(bias[n] + Σs Σk a[l · a_line + m · a_stride + segments[s] + k] · w[n][s][k] + addend[l][m][n])
//
// As qs8_gemm, in float and in elements instead of bytes. Nothing behind the last run is read.
// Weights: PackF32Gemm.
struct F32GemmArgs {
  const float* a;
  size_t lines, rows, a_line, a_stride;
  const int32_t* segments;
  size_t segment_count, depth, columns;
  const float* weights;
  const float* bias;  // whole panels
  float min, max;
  float* y;
  size_t y_line, y_stride;
  const float* addend;  // laid out as y, or null
};

const Family<F32GemmArgs>& F32GemmFamily();

constexpr size_t F32GemmWeightCount(size_t columns, size_t segments, size_t depth) {
  return RoundUp(columns, kLanes) * segments * depth;
}

// Packs weights w[columns][segments · depth] as [columns/16][segments · depth][16]; the rest is 0.
void PackF32Gemm(const float* w, size_t columns, size_t segments, size_t depth, float* packed);

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_GEMM_F32_GEMM_H_
