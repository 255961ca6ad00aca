#ifndef EDGEC_KERNELS_INTERLEAVE_INTERLEAVE_H_
#define EDGEC_KERNELS_INTERLEAVE_INTERLEAVE_H_

#include "kernels/kernel.h"

namespace edgec {

// y[p][c] = x[c · plane + p] for `pixels` of `channels` elements of 1 or 4 bytes; `plane` counts elements.
struct InterleaveArgs {
  const uint8_t* x;
  size_t plane, pixels, channels, element_bytes;
  uint8_t* y;
};

const Family<InterleaveArgs>& InterleaveFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_INTERLEAVE_INTERLEAVE_H_
