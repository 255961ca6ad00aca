#ifndef EDGEC_KERNELS_QS8_MAX_QS8_MAX_H_
#define EDGEC_KERNELS_QS8_MAX_QS8_MAX_H_

#include "kernels/kernel.h"

namespace edgec {

// y[c] = the greatest int8 of rows[r][p · stride + c] ^ x_flip over rows and pixels, ^ y_flip; −128 of none
struct Qs8MaxArgs {
  const uint8_t* const* rows;
  size_t row_count, pixels, stride, channels;
  uint8_t x_flip, y_flip;
  uint8_t* y;
};

const Family<Qs8MaxArgs>& Qs8MaxFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_MAX_QS8_MAX_H_
