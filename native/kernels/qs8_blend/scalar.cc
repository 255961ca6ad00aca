#include "kernels/qs8_blend/qs8_blend.h"

namespace edgec::scalar {

void Qs8Blend(const Qs8BlendArgs& b) {
  for (size_t i = 0; i < b.count; i++)
    b.y[i] = static_cast<int8_t>((b.top[i] * 2048 + (b.bottom[i] - b.top[i]) * b.weight + (1 << 21)) >> 22);
}

}  // namespace edgec::scalar
