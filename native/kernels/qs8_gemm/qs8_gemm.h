#ifndef EDGEC_KERNELS_QS8_GEMM_QS8_GEMM_H_
#define EDGEC_KERNELS_QS8_GEMM_QS8_GEMM_H_

#include "kernels/kernel.h"
#include "kernels/qs8_gemm/column_windows.h"
#include "kernels/qs8_gemm/windows.h"

namespace edgec {

// y[l][m][n] = requant(bias[n] + Σs Σk a[l · a_line + m · a_stride + segments[s] + k] · w[n][s][k]) ^ flip
//
// A matrix product whose rows are gathered from `segment_count` runs of `depth` bytes, so that a convolution over a
// bordered channels-last image needs no patches. `depth` is a multiple of 4; weights of excess bytes are 0, and up
// to 3 bytes behind the last run are read. Inputs are stored as the kernel's layout says; the bias makes up for it unless the
// layout is centered.
// Weights: PackQs8Gemm or, for layouts that take them, the windows of every 8 columns or of every column instead. `flip` is 0x80 where the output is stored plus 128.
struct Qs8GemmArgs {
  const uint8_t* a;
  size_t lines, rows, a_line, a_stride;
  const int32_t* segments;
  size_t segment_count, depth, columns;
  const int8_t* weights;
  Requant requant;
  uint8_t* y;
  size_t y_line, y_stride;
  uint8_t flip;
  Qs8Windows windows;
  Qs8ColumnWindows column_windows;
  uint8_t* scratch = nullptr;  // Qs8GemmScratchBytes
};

const Family<Qs8GemmArgs>& Qs8GemmFamily();

constexpr size_t kQs8GemmDepthUnit = 4;

// Bytes of scratch of a product, or of one of fewer rows.
inline size_t Qs8GemmScratchBytes(const Qs8GemmArgs& g) {
  const size_t row = 2 * Qs8Windows::FormBytes(g.segment_count, g.depth), near = Qs8Windows::NearRows(row), rows = g.lines * g.rows;
  return g.windows.gathered ? row * (rows < near ? rows : near) : 0;
}

// Bytes of packed weights: whole panels of 16 columns.
constexpr size_t Qs8GemmWeightBytes(size_t columns, size_t segments, size_t depth) {
  return RoundUp(columns, kLanes) * segments * RoundUp(depth, kQs8GemmDepthUnit);
}

// Bytes of a column side by side where element k of a run lies: the unit, or what it leaves of the run.
constexpr size_t Qs8GemmPiece(size_t unit, size_t depth, size_t k) {
  const size_t left = RoundUp(depth, kQs8GemmDepthUnit) - k / unit * unit;
  return left < unit ? left : unit;
}

// Packs weights w[columns][segments][depth] as [columns/16][segments][depth/unit][16][unit]; the rest is 0. Where a run is an odd
// multiple of 4, its last unit has at most 4 bytes.
void PackQs8Gemm(const Layout& layout, const int8_t* w, size_t columns, size_t segments, size_t depth, int8_t* packed);

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_GEMM_QS8_GEMM_H_
