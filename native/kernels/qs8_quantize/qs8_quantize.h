#ifndef EDGEC_KERNELS_QS8_QUANTIZE_QS8_QUANTIZE_H_
#define EDGEC_KERNELS_QS8_QUANTIZE_QS8_QUANTIZE_H_

#include "kernels/kernel.h"

namespace edgec {

// y[i] = saturate(zero_point + round(x[i] / scale)) ^ flip, or x[i] · (1 / scale) where `reciprocal`
//
// docs/numerics.md, section 5: ties to even, what is not a number becomes the zero point.
struct Qs8QuantizeArgs {
  const float* x;
  uint8_t* y;
  size_t count;
  float scale;
  bool reciprocal;
  int32_t zero_point;
  uint8_t flip;
};

const Family<Qs8QuantizeArgs>& Qs8QuantizeFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_QUANTIZE_QS8_QUANTIZE_H_
