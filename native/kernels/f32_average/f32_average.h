#ifndef EDGEC_KERNELS_F32_AVERAGE_F32_AVERAGE_H_
#define EDGEC_KERNELS_F32_AVERAGE_F32_AVERAGE_H_

#include "kernels/kernel.h"

namespace edgec {

// y[c] = clamp(Σr Σp rows[r][p · stride + c] / divisor), summed in double in this order and rounded once
struct F32AverageArgs {
  const float* const* rows;
  size_t row_count, pixels, stride, channels;
  double divisor;  // an integer
  float min, max;
  float* y;
};

const Family<F32AverageArgs>& F32AverageFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_AVERAGE_F32_AVERAGE_H_
