#include "kernels/f32_sum/f32_sum.h"

namespace edgec::scalar {

void F32Sum(const F32SumArgs& s) {
  if (s.channels == 1 && s.stride == 1) {
    double parts[kLanes] = {};
    for (size_t p = 0; p < s.pixels; p++) parts[p % kLanes] += static_cast<double>(s.x[p]);
    for (double part : parts) s.sums[0] += part;
    return;
  }
  for (size_t p = 0; p < s.pixels; p++)
    for (size_t c = 0; c < s.channels; c++) s.sums[c] += static_cast<double>(s.x[p * s.stride + c]);
}

}  // namespace edgec::scalar
