#ifndef EDGEC_KERNELS_F32_MAX_F32_MAX_H_
#define EDGEC_KERNELS_F32_MAX_F32_MAX_H_

#include "kernels/kernel.h"

namespace edgec {

// y[c] = clamp(the greatest of rows[r][p · stride + c] over rows and pixels), of numbers only; −∞ of none
struct F32MaxArgs {
  const float* const* rows;
  size_t row_count, pixels, stride, channels;
  float min, max;
  float* y;
};

const Family<F32MaxArgs>& F32MaxFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_MAX_F32_MAX_H_
