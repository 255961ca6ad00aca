#ifndef EDGEC_KERNELS_QS8_WINOGRAD_QS8_WINOGRAD_H_
#define EDGEC_KERNELS_QS8_WINOGRAD_QS8_WINOGRAD_H_

#include "kernels/winograd.h"

namespace edgec {

// A 3×3 convolution of stride 1 over one channels-last image, border included, exactly: Winograd's minimal filtering in integers.
//
// y[oy][ox][n] = requant(bias[n] + Σ x[oy + ky − top][ox + kx − left][c] · w[n][ky][kx][c]) ^ flip, where x is `fill` outside the
// image.
// Makes the squares of outputs from `first` to below `end`. x and `fill` are stored as the kernel's layout says, which the bias
// makes up for; up to 32 bytes behind a pixel are read. `channels` is even. Weights: PackQs8Gemm's of three runs of 3 · `channels`.
// Filtering leaves sums times 4, or times 64 · 9, of which 9 is divided out modulo 2³²: 255 times the weights of either sign of a
// column sum to less than 2²⁹ or 2²⁵.
struct Qs8WinogradArgs {
  const uint8_t* x;
  size_t height, width, channels, top, left;
  uint8_t fill;
  size_t out_height, out_width, columns;
  size_t side;  // 2 or 4
  size_t first, end;
  size_t block;  // squares that go through the transformed domain together
  const int8_t* weights;
  Requant requant;
  uint8_t* y;
  size_t y_stride;  // bytes from a pixel to the next
  uint8_t flip;
  uint8_t* scratch;  // Qs8WinogradScratchBytes at a multiple of 64
};

const Family<Qs8WinogradArgs>& Qs8WinogradFamily();

// Channels whose weights are transformed together.
constexpr size_t kQs8WinogradDepth = 64;

// How the scratch of a kernel lies: inputs, weights of `depth` channels of a panel of columns, and their sums, all in the transformed
// domain, by point. In elements of int16 and, for sums, int32. The odd cache line keeps points out of each other's way, and takes
// what vectors write behind the last square.
struct Qs8WinogradScratch {
  size_t square, depth;
  size_t inputs, weights, sums;  // from one point to the next

  constexpr Qs8WinogradScratch(size_t block, size_t channels)
      : square(RoundUp(channels, kLanes)), depth(channels < kQs8WinogradDepth ? channels : kQs8WinogradDepth),
        inputs(block * square + 2 * kLanes), weights((depth + 2) * kLanes), sums((block + 1) * kLanes) {}

  constexpr size_t point_bytes() const { return 2 * inputs + 2 * weights + 4 * sums; }
};

constexpr size_t Qs8WinogradScratchBytes(size_t side, size_t block, size_t channels) {
  return WinogradPoints(side) * Qs8WinogradScratch(block, channels).point_bytes();
}

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_WINOGRAD_QS8_WINOGRAD_H_
