#ifndef EDGEC_KERNELS_F32_DEPTHWISE3X3_F32_DEPTHWISE3X3_H_
#define EDGEC_KERNELS_F32_DEPTHWISE3X3_F32_DEPTHWISE3X3_H_

#include "kernels/kernel.h"

namespace edgec {

// A depthwise 3×3 convolution over one channels-last image, border included.
//
// y[oy][ox][c] = clamp(bias[c] + Σ x[oy · stride_y + ky − top][ox · stride_x + kx − left][c] · w[ky · 3 + kx][c]),
// where x is 0 outside the image. Up to 16 elements behind a pixel are read. Weights: [9][RoundUp(channels, 16)];
// the bias has whole panels.
struct F32Depthwise3x3Args {
  const float* x;
  size_t height, width, channels, out_height, out_width;
  size_t stride_y, stride_x, top, left;
  const float* weights;
  const float* bias;
  float min, max;
  float* y;
};

const Family<F32Depthwise3x3Args>& F32Depthwise3x3Family();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_DEPTHWISE3X3_F32_DEPTHWISE3X3_H_
