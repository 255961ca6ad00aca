#ifndef EDGEC_KERNELS_WINOGRAD_H_
#define EDGEC_KERNELS_WINOGRAD_H_

#include "kernels/kernel.h"

namespace edgec {

// Winograd's minimal filtering of a 3×3 convolution makes its outputs in squares of `side`, 2 or 4, numbered row by row over the
// image. A square depends on a square of `side` + 2 inputs; so many products, its points, stand for its sums.
constexpr size_t WinogradPoints(size_t side) { return (side + 2) * (side + 2); }
constexpr size_t WinogradSquares(size_t out_height, size_t out_width, size_t side) {
  return RoundUp(out_height, side) / side * (RoundUp(out_width, side) / side);
}

}  // namespace edgec

#endif  // EDGEC_KERNELS_WINOGRAD_H_
