#ifndef EDGEC_KERNELS_F32_DEPTHWISE_F32_DEPTHWISE_H_
#define EDGEC_KERNELS_F32_DEPTHWISE_F32_DEPTHWISE_H_

#include "kernels/kernel.h"

namespace edgec {

// y[p][c] = clamp(bias[c] + Σt taps[p][t][c] · w[t][c])
//
// `pixels` outputs of a depthwise convolution from taps given as pointers to their channels. Up to 16 elements
// behind a tap are read. Weights: [taps][RoundUp(channels, 16)]; the bias has whole panels.
struct F32DepthwiseArgs {
  const float* const* taps;
  size_t pixels, tap_count, channels;
  const float* weights;
  const float* bias;
  float min, max;
  float* y;
};

const Family<F32DepthwiseArgs>& F32DepthwiseFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_DEPTHWISE_F32_DEPTHWISE_H_
