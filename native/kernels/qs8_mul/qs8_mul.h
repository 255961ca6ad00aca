#ifndef EDGEC_KERNELS_QS8_MUL_QS8_MUL_H_
#define EDGEC_KERNELS_QS8_MUL_QS8_MUL_H_

#include "kernels/kernel.h"

namespace edgec {

// y[i] = requant((a[i] − a_zero) · (b[i · b_step] − b_zero)) ^ y_flip
//
// docs/numerics.md, section 4. Bytes of a and b are int8 after ^ a_flip, ^ b_flip. `b_step` is 1, or 0 where one b
// serves all.
struct Qs8MulArgs {
  const uint8_t* a;
  const uint8_t* b;
  uint8_t* y;
  size_t count, b_step;
  int32_t a_zero, b_zero;
  float multiplier;
  int32_t zero_point, min, max;
  uint8_t a_flip, b_flip, y_flip;
};

const Family<Qs8MulArgs>& Qs8MulFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_MUL_QS8_MUL_H_
