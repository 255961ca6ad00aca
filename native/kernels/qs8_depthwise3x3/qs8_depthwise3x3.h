#ifndef EDGEC_KERNELS_QS8_DEPTHWISE3X3_QS8_DEPTHWISE3X3_H_
#define EDGEC_KERNELS_QS8_DEPTHWISE3X3_QS8_DEPTHWISE3X3_H_

#include "kernels/kernel.h"

namespace edgec {

// A depthwise 3×3 convolution over one channels-last image, border included.
//
// y[oy][ox][c] = requant(bias[c] + Σ x[oy · stride_y + ky − top][ox · stride_x + kx − left][c] · w[ky][kx][c]) ^ flip,
// where x is `fill` outside the image. Strides are 1 or 2. Inputs are stored as the kernel's layout says.
// Weights: `sets` times PackQs8Depthwise3x3, of which w is the sum, as many as the layout takes; bias and multipliers in GroupOrder, whole groups (qs8_depthwise.h), of
// Qs8Depthwise3x3Columns channels, over and over.
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

// Channels that fill whole groups when repeated are, so that one group holds several pixels.
constexpr size_t Qs8Depthwise3x3Columns(const Layout& layout, size_t channels) {
  return layout.group % channels == 0 ? layout.group : channels;
}

// Packs weights w[9][channels] as [columns/group][3 columns][group in GroupOrder][3 rows and 0].
// `packed` has RoundUp(channels, group) · 12 bytes.
void PackQs8Depthwise3x3(const Layout& layout, const int8_t* w, size_t channels, int8_t* packed);

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_DEPTHWISE3X3_QS8_DEPTHWISE3X3_H_
