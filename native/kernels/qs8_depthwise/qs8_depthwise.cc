#include "kernels/qs8_depthwise/qs8_depthwise.h"

#include <cstring>

#define EDGEC_FUNCTION Qs8Depthwise
#define EDGEC_MANIFEST "kernels/qs8_depthwise/kernels.inc"
#include "kernels/family.inc"

namespace edgec {

void PackQs8Depthwise(const Layout& layout, const int8_t* w, size_t taps, size_t channels, int8_t* packed) {
  const size_t group = layout.group, quads = RoundUp(taps, 4) / 4;
  std::memset(packed, 0, RoundUp(channels, group) * quads * 4);
  for (size_t t = 0; t < taps; t++)
    for (size_t c = 0; c < channels; c++) {
      const size_t first = c / group * group, place = GroupOrder(layout, c) - first;
      packed[((first * quads + t / 4 * group) + place) * 4 + t % 4] = w[t * channels + c];
    }
}

}  // namespace edgec
