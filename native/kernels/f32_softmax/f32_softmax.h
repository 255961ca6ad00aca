#ifndef EDGEC_KERNELS_F32_SOFTMAX_F32_SOFTMAX_H_
#define EDGEC_KERNELS_F32_SOFTMAX_F32_SOFTMAX_H_

#include "kernels/kernel.h"

namespace edgec {

// y[r][k] = e^(beta · (x[r][k] − peak of x[r])) / their sum over the `length` elements of row r, for `beta` above 0
struct F32SoftmaxArgs {
  const float* x;
  size_t rows, length;
  float beta;
  float* y;
};

const Family<F32SoftmaxArgs>& F32SoftmaxFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_SOFTMAX_F32_SOFTMAX_H_
