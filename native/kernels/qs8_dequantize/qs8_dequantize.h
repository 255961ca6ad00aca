#ifndef EDGEC_KERNELS_QS8_DEQUANTIZE_QS8_DEQUANTIZE_H_
#define EDGEC_KERNELS_QS8_DEQUANTIZE_QS8_DEQUANTIZE_H_

#include "kernels/kernel.h"

namespace edgec {

// y[i] = (int8(x[i] ^ flip) − zero_point) · scale
struct Qs8DequantizeArgs {
  const uint8_t* x;
  float* y;
  size_t count;
  float scale;
  int32_t zero_point;
  uint8_t flip;
};

const Family<Qs8DequantizeArgs>& Qs8DequantizeFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_DEQUANTIZE_QS8_DEQUANTIZE_H_
