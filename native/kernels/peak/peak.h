#ifndef EDGEC_KERNELS_PEAK_PEAK_H_
#define EDGEC_KERNELS_PEAK_PEAK_H_

#include "kernels/kernel.h"

namespace edgec {

// Multiplies ones and adds them up in registers, at least `macs` times (at most 2^26), by the best exact instructions:
// what no kernel can outrun. `done` counts the multiply-accumulates; `sum` is what they add up to, the same number.
struct PeakArgs {
  bool is_float;
  size_t macs;
  size_t* done;
  double* sum;
};

const Family<PeakArgs>& PeakFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_PEAK_PEAK_H_
