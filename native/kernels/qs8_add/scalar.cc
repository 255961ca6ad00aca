#include "kernels/qs8_add/qs8_add.h"

namespace edgec::scalar {

void Qs8Add(const Qs8AddArgs& s) {
  for (size_t i = 0; i < s.count; i++) {
    const int32_t a = static_cast<int8_t>(s.a[i] ^ s.a_flip), b = static_cast<int8_t>(s.b[i * s.b_step] ^ s.b_flip);
    int32_t v = s.zero_point + ((a * s.a_multiplier + b * s.b_multiplier + s.offset) >> s.shift);
    v = v < s.min ? s.min : v > s.max ? s.max : v;
    s.y[i] = static_cast<uint8_t>(v) ^ s.y_flip;
  }
}

}  // namespace edgec::scalar
