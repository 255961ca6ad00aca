#include "kernels/f32_sum/f32_sum.h"

namespace edgec::scalar {

void F32Sum(const F32SumArgs& s) {
  for (size_t p = 0; p < s.pixels; p++)
    for (size_t c = 0; c < s.channels; c++) s.sums[c] += static_cast<double>(s.x[p * s.stride + c]);
}

}  // namespace edgec::scalar
