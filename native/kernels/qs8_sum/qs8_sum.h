#ifndef EDGEC_KERNELS_QS8_SUM_QS8_SUM_H_
#define EDGEC_KERNELS_QS8_SUM_QS8_SUM_H_

#include "kernels/kernel.h"

namespace edgec {

// sums[c] += Σp int8(x[p · stride + c] ^ flip)
struct Qs8SumArgs {
  const uint8_t* x;
  size_t pixels, stride, channels;
  uint8_t flip;
  int32_t* sums;
};

const Family<Qs8SumArgs>& Qs8SumFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_SUM_QS8_SUM_H_
