#ifndef EDGEC_KERNELS_F32_SUM_F32_SUM_H_
#define EDGEC_KERNELS_F32_SUM_F32_SUM_H_

#include "kernels/kernel.h"

namespace edgec {

// sums[c] += Σp x[p · stride + c]; one dense row is summed in 16 parts first, by p modulo 16
struct F32SumArgs {
  const float* x;
  size_t pixels, stride, channels;
  double* sums;
};

const Family<F32SumArgs>& F32SumFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_SUM_F32_SUM_H_
