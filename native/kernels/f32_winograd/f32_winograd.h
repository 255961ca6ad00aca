#ifndef EDGEC_KERNELS_F32_WINOGRAD_F32_WINOGRAD_H_
#define EDGEC_KERNELS_F32_WINOGRAD_F32_WINOGRAD_H_

#include "kernels/winograd.h"

namespace edgec {

// A 3×3 convolution of stride 1 over one channels-last image, border included, by Winograd's minimal filtering.
//
// y[oy][ox][n] = clamp(bias[n] + Σ x[oy + ky − top][ox + kx − left][c] · w[n][ky][kx][c] + addend[oy][ox][n]), where x is 0
// outside the image.
// Outputs are made in squares of `side`, numbered row by row over the image; this makes those from `first` to below `end`.
// Up to 16 elements behind a pixel are read. Weights: G · w · Gᵀ (docs/package-format.md), a point's as PackF32Gemm packs
// those of a matrix product; the bias has whole panels.
struct F32WinogradArgs {
  const float* x;
  size_t height, width, channels, top, left;
  size_t out_height, out_width, columns;
  size_t side;  // 2 or 4
  size_t first, end;
  size_t block;  // squares that go through the transformed domain together
  const float* weights;
  size_t weights_point;  // elements from the weights of a point to those of the next
  const float* bias;
  float min, max;
  float* y;
  size_t y_stride;  // elements from a pixel to the next
  const float* addend;  // laid out as y, or null
  float* scratch;  // F32WinogradScratchCount elements
};

const Family<F32WinogradArgs>& F32WinogradFamily();

// From one point to the next of what `block` squares have there. The odd cache line keeps points out of each other's way.
constexpr size_t WinogradPointStride(size_t block, size_t channels) { return block * RoundUp(channels, kLanes) + kLanes; }

constexpr size_t F32WinogradScratchCount(size_t side, size_t block, size_t channels, size_t columns) {
  return WinogradPoints(side) * (WinogradPointStride(block, channels) + WinogradPointStride(block, columns)) + RoundUp(columns, kLanes);
}

constexpr size_t F32WinogradPointWeightCount(size_t columns, size_t channels) { return RoundUp(columns, kLanes) * channels; }
constexpr size_t F32WinogradWeightCount(size_t side, size_t columns, size_t channels) {
  return WinogradPoints(side) * F32WinogradPointWeightCount(columns, channels);
}

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_WINOGRAD_F32_WINOGRAD_H_
