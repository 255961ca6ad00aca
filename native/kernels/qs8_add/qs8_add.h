#ifndef EDGEC_KERNELS_QS8_ADD_QS8_ADD_H_
#define EDGEC_KERNELS_QS8_ADD_QS8_ADD_H_

#include "kernels/kernel.h"

namespace edgec {

// y[i] = clamp(zero_point + ((a[i] · a_multiplier + b[i · b_step] · b_multiplier + offset) >> shift), min, max) ^ y_flip
//
// docs/numerics.md, section 4. `offset` holds the zero points and half a unit; the sum fits int32. Bytes of a and b are
// int8 after ^ a_flip, ^ b_flip. `b_step` is 1, or 0 where one b serves all.
struct Qs8AddArgs {
  const uint8_t* a;
  const uint8_t* b;
  uint8_t* y;
  size_t count, b_step;
  int32_t a_multiplier, b_multiplier, offset;
  int32_t shift, zero_point, min, max;
  uint8_t a_flip, b_flip, y_flip;
};

const Family<Qs8AddArgs>& Qs8AddFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_ADD_QS8_ADD_H_
