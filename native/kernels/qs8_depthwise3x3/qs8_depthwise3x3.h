#ifndef EDGEC_KERNELS_QS8_DEPTHWISE3X3_QS8_DEPTHWISE3X3_H_
#define EDGEC_KERNELS_QS8_DEPTHWISE3X3_QS8_DEPTHWISE3X3_H_

#include <algorithm>

#include "kernels/kernel.h"

namespace edgec {

// A depthwise 3×3 convolution over one channels-last image, border included.
//
// y[oy][ox][c] = requant(bias[c] + Σ x[oy · stride_y + ky − top][ox · stride_x + kx − left][c] · w[ky][kx][c]) ^ flip,
// where x is `fill` outside the image. Strides are 1 or 2. Inputs are stored as the kernel's layout says.
// Up to `group` bytes behind a pixel are read. Weights: `sets` times PackQs8Depthwise3x3, of which w is the sum, as many as the
// layout takes; bias and multipliers in GroupOrder (qs8_depthwise.h), whole groups, those of Qs8Depthwise3x3Channel at each place.
struct Qs8Depthwise3x3Args {
  const uint8_t* x;
  size_t height, width, channels, out_height, out_width;
  size_t stride_y, stride_x, top, left;
  uint8_t fill;
  const int8_t* weights;
  Requant requant;
  uint8_t* y;
  uint8_t flip;
  size_t sets = 1;
};

const Family<Qs8Depthwise3x3Args>& Qs8Depthwise3x3Family();

// The channel at a place of whole groups. Those that do not fill the last group are repeated in it, each time at the next power
// of two, so that it may hold several pixels.
constexpr size_t Qs8Depthwise3x3Channel(const Layout& layout, size_t channels, size_t place) {
  const size_t first = channels / layout.group * layout.group, left = channels - first;
  if (place < first) return place;
  size_t apart = 1;
  while (apart < left) apart *= 2;
  return std::min(first + (place - first) % apart, channels - 1);
}

// Packs weights w[9][channels] as [groups][3 columns][group in GroupOrder][3 rows and 0].
// `packed` has RoundUp(channels, group) · 12 bytes.
void PackQs8Depthwise3x3(const Layout& layout, const int8_t* w, size_t channels, int8_t* packed);

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_DEPTHWISE3X3_QS8_DEPTHWISE3X3_H_
