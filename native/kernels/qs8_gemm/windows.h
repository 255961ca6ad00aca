#ifndef EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_
#define EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_

#include "kernels/kernel.h"

namespace edgec {

// Weights of 8 columns for instructions that add u8 · s8 of two neighbouring bytes in an int16 and saturate there. A window
// is four bytes of a row with their weights, two lanes a column: bytes 0 and 1, bytes 2 and 3. Where the positive weights of
// a lane sum to at most 128 and the negative ones to at least −128, no row saturates it. Every window keeps to that: windows
// overlap where neighbouring weights do not, and may share the weight of a byte. Two windows that keep to it together are a
// pair, whose int16 sums may be added. Some windows are inverted: they take bytes x at odd places of a run as 255 − x, so that more
// keep to it, and have the negative of a weight there; the bias makes up for the rest. The compiler makes windows
// (src/core/plan/window-maker.ts).
struct Qs8Windows {
  static constexpr size_t kColumns = 8, kBytes = 4;
  using Weights = int8_t[kColumns][kBytes];

  // What windows 8 columns have: two for each pair from the first on, then single ones.
  struct Block {
    uint32_t first, pairs, singles;

    size_t count() const { return 2 * size_t{pairs} + singles; }
  };
  const Block* blocks = nullptr;

  // Where each window starts in a row, and its weights.
  const uint16_t* offsets = nullptr;
  const Weights* weights = nullptr;

  // Rows lie where they are, or are gathered in two forms, of which the second is inverted. A form is the runs of a row, each up
  // to a multiple of four bytes, and what windows read behind them.
  bool gathered = false;
  static constexpr size_t kMostQuads = 8176;  // of a row: offsets count the bytes of both forms in 16 bits
  static constexpr size_t FormBytes(size_t runs, size_t depth) { return RoundUp(runs * RoundUp(depth, kBytes) + kBytes - 1, 32); }

  // Rows that meet all columns together: as many whole tiles as stay in the first cache.
  static constexpr size_t kRows = 11;  // of a tile
  static constexpr size_t NearRows(size_t stride) {
    constexpr size_t kNearBytes = 1 << 14;
    const size_t tile = stride * kRows;
    return tile < kNearBytes ? kNearBytes / (tile + 1) * kRows : kRows;
  }
};

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_
