#ifndef EDGEC_ENGINE_SPLIT_H_
#define EDGEC_ENGINE_SPLIT_H_

#include <algorithm>

#include "engine/pool.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {

// Work in multiply-accumulates below which handing over costs more than it gives, and that one part should have.
constexpr double kLeastShared = 1 << 20, kLeastPart = 1 << 18;

// More than threads, so that one that is held up leaves the rest to others.
inline size_t MostParts(const Pool* pool) { return pool ? pool->threads() * 4 : 1; }

// Into how many parts to cut `units` of work; 1 where one thread does it best.
inline size_t PartsOf(const Pool* pool, size_t units, double macs) {
  if (!pool || macs < kLeastShared) return 1;
  const auto most = static_cast<size_t>(macs / kLeastPart);
  return std::max<size_t>(1, std::min({units, most, MostParts(pool), Pool::kMostParts}));
}

// Calls range(first, end) over all of `units`, cut into parts.
template <typename F>
void Split(Pool* pool, size_t units, double macs, const F& range) {
  const size_t parts = PartsOf(pool, units, macs);
  if (parts == 1) return range(size_t{0}, units);
  pool->For(parts, [&](size_t i) { range(units * i / parts, units * (i + 1) / parts); });
}

// Moves where results lie.
inline void MoveResults(size_t by, Qs8GemmArgs* args) { args->y += by; }
inline void MoveResults(size_t by, F32GemmArgs* args) {
  args->y += by;
  if (args->addend) args->addend += by;
}

inline void NarrowColumns(size_t first, size_t end, Qs8GemmArgs* args) {
  args->columns = end - first;
  args->weights += first * args->segment_count * args->depth;
  args->requant.bias += first;
  args->requant.multiplier += first;
  MoveResults(first, args);
}

inline void NarrowColumns(size_t first, size_t end, F32GemmArgs* args) {
  args->columns = end - first;
  args->weights += first * args->segment_count * args->depth;
  args->bias += first;
  MoveResults(first, args);
}

// Runs a matrix product, its lines, rows or panels of 64 columns cut into parts.
template <typename Args>
void SplitProduct(Pool* pool, void (*run)(const Args&), const Args& args) {
  constexpr size_t kPanel = 64;
  const double macs = static_cast<double>(args.lines * args.rows) * static_cast<double>(args.columns) *
                      static_cast<double>(args.segment_count * args.depth);
  if (PartsOf(pool, SIZE_MAX, macs) == 1) return run(args);
  const size_t panels = (args.columns + kPanel - 1) / kPanel, threads = pool->threads();
  const bool few_rows = args.lines > 1 ? args.lines < 8 * threads : args.rows < 32 * threads;
  if (few_rows && panels >= threads)
    return Split(pool, panels, macs, [&](size_t first, size_t end) {
      Args mine = args;
      NarrowColumns(first * kPanel, std::min(args.columns, end * kPanel), &mine);
      run(mine);
    });
  const bool lines = args.lines > 1;
  Split(pool, lines ? args.lines : args.rows, macs, [&](size_t first, size_t end) {
    Args mine = args;
    (lines ? mine.lines : mine.rows) = end - first;
    mine.a += first * (lines ? args.a_line : args.a_stride);
    MoveResults(first * (lines ? args.y_line : args.y_stride), &mine);
    run(mine);
  });
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_SPLIT_H_
