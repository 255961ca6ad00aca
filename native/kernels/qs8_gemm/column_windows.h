#ifndef EDGEC_KERNELS_QS8_GEMM_COLUMN_WINDOWS_H_
#define EDGEC_KERNELS_QS8_GEMM_COLUMN_WINDOWS_H_

#include <cstddef>
#include <cstdint>

namespace edgec {

// Windows (windows.h) of single columns, of which more fit together. The runs of a row are cut into quads of four bytes, the last
// of a run filled up with weights of 0. A window has the weights of a column for a quad as it is, or for one with bytes 1 and 3
// inverted. A quad whose weights are too much for a lane has several windows, whose sum they are.
struct Qs8ColumnWindows {
  static constexpr size_t kBytes = 4, kForms = 2;
  static constexpr size_t kMostQuads = 48;  // of a row, as many as stay near a kernel
  static constexpr size_t kSpan = 64;       // columns
  using Weights = int8_t[kBytes];

  // What windows a column has: two for each pair from the first on, then single ones.
  struct Block {
    uint32_t first;
    uint8_t pairs, singles;
    uint16_t column;  // of its span

    size_t count() const { return size_t{2} * pairs + singles; }
  };
  // Of all columns, span after span. Those of a span lie in an order that suits kernels.
  const Block* blocks = nullptr;

  // Of each window kForms · quad, plus 1 where it is inverted, and its weights.
  const uint8_t* places = nullptr;
  const Weights* weights = nullptr;
};

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_GEMM_COLUMN_WINDOWS_H_
