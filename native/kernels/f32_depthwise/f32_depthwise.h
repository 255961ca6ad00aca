#ifndef EDGEC_KERNELS_F32_DEPTHWISE_F32_DEPTHWISE_H_
#define EDGEC_KERNELS_F32_DEPTHWISE_F32_DEPTHWISE_H_

#include "kernels/kernel.h"

namespace edgec {

// y[p][c] = clamp(bias[c] + Σt x[p · x_stride + taps[t] + c] · w[t][c])
//
// `pixels` outputs of a line of a depthwise convolution. Up to 16 elements behind a tap are read. Weights:
// [taps][RoundUp(channels, 16)]; the bias has whole panels.
struct F32DepthwiseArgs {
  const float* x;
  size_t x_stride, pixels;
  const int32_t* taps;
  size_t tap_count, channels;
  const float* weights;
  const float* bias;
  float min, max;
  float* y;
};

const Family<F32DepthwiseArgs>& F32DepthwiseFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_DEPTHWISE_F32_DEPTHWISE_H_
