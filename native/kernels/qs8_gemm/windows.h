#ifndef EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_
#define EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_

#include <cstddef>
#include <cstdint>

namespace edgec {

// Weights of 8 columns for instructions that add u8 · s8 of two neighbouring bytes in an int16 and saturate there. A window
// is four bytes of a row with their weights, two lanes a column: bytes 0 and 1, bytes 2 and 3. Where the positive weights of
// a lane sum to at most 128 and the negative ones to at least −128, no row saturates it. Every window keeps to that: windows
// overlap where neighbouring weights do not, and may share the weight of a byte. Two windows that keep to it together are a
// pair, whose int16 sums may be added. The compiler makes them (src/core/plan/window-maker.ts).
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
};

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_GEMM_WINDOWS_H_
