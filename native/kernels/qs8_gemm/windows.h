#ifndef EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_
#define EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_

#include <vector>

#include "kernels/kernel.h"

namespace edgec {

// Weights of 8 columns for instructions that add u8 · s8 of two neighbouring bytes in an int16 and saturate there. A window
// is four bytes of a row with their weights, two lanes a column: bytes 0 and 1, bytes 2 and 3. Where the positive weights of
// a lane sum to at most 128 and the negative ones to at least −128, no row saturates it. Every window keeps to that: windows
// overlap where neighbouring weights do not, and may share the weight of a byte. Two windows that keep to it together are a
// pair, whose int16 sums may be added.
struct Qs8Windows {
  static constexpr size_t kColumns = 8, kBytes = 4;
  // Of a window: where it starts in a row, and its weights.
  struct Single {
    int32_t offset;
    int8_t weights[kColumns][kBytes];
  };
  struct Pair {
    int32_t offsets[2];
    int8_t weights[2][kColumns][kBytes];
  };

  std::vector<Pair> pairs;
  std::vector<Single> singles;
};

// The windows of every 8 of the columns that PackQs8Gemm has packed in units of 2, for rows of `depth` bytes from each of the
// segments on.
std::vector<Qs8Windows> MakeQs8Windows(const int8_t* packed, const int32_t* segments, size_t segment_count, size_t depth, size_t columns);

// Whether windows are faster than the packed weights that they are made of, `depth` bytes a column over all segments.
bool Qs8WindowsPay(const std::vector<Qs8Windows>& windows, size_t depth);

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_
