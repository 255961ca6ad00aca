#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

#include <vector>

#include "kernels/qs8_depthwise/qs8_depthwise.h"

#define EDGEC_FUNCTION Qs8Depthwise3x3
#define EDGEC_MANIFEST "kernels/qs8_depthwise3x3/kernels.inc"
#include "kernels/family.inc"

namespace edgec {

void PackQs8Depthwise3x3(const Layout& layout, const int8_t* w, size_t channels, int8_t* packed) {
  const size_t places = RoundUp(channels, layout.group);
  std::vector<int8_t> by_column(12 * places);
  for (size_t ky = 0; ky < 3; ky++)
    for (size_t kx = 0; kx < 3; kx++)
      for (size_t i = 0; i < places; i++)
        by_column[(kx * 4 + ky) * places + i] = w[(ky * 3 + kx) * channels + Qs8Depthwise3x3Channel(layout, channels, i)];
  PackQs8Depthwise(layout, by_column.data(), 12, places, packed);
}

}  // namespace edgec
