#ifndef EDGEC_KERNELS_QS8_BLEND_QS8_BLEND_H_
#define EDGEC_KERNELS_QS8_BLEND_QS8_BLEND_H_

#include "kernels/kernel.h"

namespace edgec {

// y[i] = (top[i] · 2048 + (bottom[i] − top[i]) · weight + 2^21) >> 22, of lines in units of 1/2048 of a byte; the weight is
// from 0 to 2048.
struct Qs8BlendArgs {
  const int32_t *top, *bottom;
  int32_t weight;
  size_t count;
  int8_t* y;
};

const Family<Qs8BlendArgs>& Qs8BlendFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_BLEND_QS8_BLEND_H_
