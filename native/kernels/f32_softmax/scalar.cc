#include "kernels/f32_softmax/f32_softmax.h"

#include <algorithm>
#include <cmath>

namespace edgec::scalar {

void F32Softmax(const F32SoftmaxArgs& s) {
  for (size_t r = 0; r < s.rows; r++) {
    const float* x = s.x + r * s.length;
    float* y = s.y + r * s.length;
    float peak = x[0];
    for (size_t k = 1; k < s.length; k++) peak = std::max(peak, x[k]);
    double sum = 0;
    for (size_t k = 0; k < s.length; k++) sum += y[k] = std::exp(s.beta * (x[k] - peak));
    for (size_t k = 0; k < s.length; k++) y[k] = static_cast<float>(y[k] / sum);
  }
}

}  // namespace edgec::scalar
