#ifndef EDGEC_KERNELS_F32_UNARY_F32_UNARY_H_
#define EDGEC_KERNELS_F32_UNARY_F32_UNARY_H_

#include "kernels/kernel.h"

namespace edgec {

enum class F32Function { kExp, kSigmoid, kTanh, kErf, kGelu, kGeluTanh };

// y[i] = function(x[i])
struct F32UnaryArgs {
  F32Function function;
  const float* x;
  size_t count;
  float* y;
};

const Family<F32UnaryArgs>& F32UnaryFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_UNARY_F32_UNARY_H_
