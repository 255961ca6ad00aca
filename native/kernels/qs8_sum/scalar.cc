#include "kernels/qs8_sum/qs8_sum.h"

namespace edgec::scalar {

void Qs8Sum(const Qs8SumArgs& s) {
  for (size_t p = 0; p < s.pixels; p++)
    for (size_t c = 0; c < s.channels; c++) s.sums[c] += static_cast<int8_t>(s.x[p * s.stride + c] ^ s.flip);
}

}  // namespace edgec::scalar
