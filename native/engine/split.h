#ifndef EDGEC_ENGINE_SPLIT_H_
#define EDGEC_ENGINE_SPLIT_H_

#include <algorithm>

#include "engine/pool.h"
#include "engine/thread_rooms.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {

// Work in multiply-accumulates below which handing over costs more than it gives, and that a part has where a thread gets
// several, so that one that is held up leaves the rest to others.
constexpr double kLeastShared = 1 << 20, kLeastPart = 1 << 22;
constexpr size_t kMostPartsOfThread = 4;

inline size_t MostParts(const Pool* pool) { return pool ? pool->threads() * kMostPartsOfThread : 1; }

// Into how many parts to cut `units` of work; 1 where one thread does it best.
inline size_t PartsOf(const Pool* pool, size_t units, double macs) {
  if (!pool || macs < kLeastShared) return 1;
  const double each = macs / kLeastPart / static_cast<double>(pool->threads());
  const size_t parts = pool->threads() * std::max<size_t>(1, static_cast<size_t>(std::min<double>(each, kMostPartsOfThread)));
  return std::max<size_t>(1, std::min({units, parts, Pool::kMostParts}));
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

// Calls range(first, end) over all of `count` elements, cut where no two threads write the same cache line.
template <typename F>
void SplitElements(Pool* pool, size_t count, double macs, const F& range) {
  constexpr size_t kLine = 64;
  Split(pool, (count + kLine - 1) / kLine, macs, [&](size_t first, size_t end) { range(first * kLine, std::min(count, end * kLine)); });
}

inline void NarrowColumns(size_t first, size_t end, Qs8GemmArgs* args) {
  args->columns = end - first;
  if (args->windows.blocks) args->windows.blocks += first / Qs8Windows::kColumns;
  else if (args->column_windows.blocks) args->column_windows.blocks += first;
  else args->weights += first * args->segment_count * args->depth;
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

// Columns that stay together: a panel, or a span of windows.
inline size_t LeastColumns(const Qs8GemmArgs& args) { return args.column_windows.blocks ? Qs8ColumnWindows::kSpan : kLanes; }
inline size_t LeastColumns(const F32GemmArgs&) { return kLanes; }

// Whether threads share so many rows of a product by their columns.
inline bool SharesColumns(const Pool* pool, size_t rows) {
  constexpr size_t kFewRows = 32;
  return pool && rows < kFewRows * pool->threads();
}

// Runs a matrix product, its lines, its rows or, where those are few, panels of columns cut into parts.
template <typename Args, typename Run>
void SplitProduct(Pool* pool, const Run& run, const Args& args) {
  constexpr size_t kWidePanel = 64;
  constexpr size_t kRowsOfAFetch = 4;  // that are multiplied while weights are fetched
  const double macs = static_cast<double>(std::max(args.lines * args.rows, kRowsOfAFetch)) * static_cast<double>(args.columns) *
                      static_cast<double>(args.segment_count * args.depth);
  if (PartsOf(pool, SIZE_MAX, macs) == 1) return run(args);
  const size_t least = LeastColumns(args), threads = pool->threads(), wide = (args.columns + kWidePanel - 1) / kWidePanel;
  if (SharesColumns(pool, args.lines * args.rows) && args.columns > least) {
    // Threads read rows that others wrote, which takes small ones about as long as they gain.
    const size_t panel = wide % threads == 0 ? kWidePanel : least;
    return Split(pool, (args.columns + panel - 1) / panel, macs / 2, [&](size_t first, size_t end) {
      Args mine = args;
      NarrowColumns(first * panel, std::min(args.columns, end * panel), &mine);
      run(mine);
    });
  }
  const bool lines = args.lines > 1;
  Split(pool, lines ? args.lines : args.rows, macs, [&](size_t first, size_t end) {
    Args mine = args;
    (lines ? mine.lines : mine.rows) = end - first;
    mine.a += first * (lines ? args.a_line : args.a_stride);
    MoveResults(first * (lines ? args.y_line : args.y_stride), &mine);
    run(mine);
  });
}

// The same with scratch of each thread.
inline void SplitProduct(Pool* pool, void (*run)(const Qs8GemmArgs&), const Qs8GemmArgs& args, const ThreadRooms& rooms) {
  SplitProduct(
      pool,
      [&](Qs8GemmArgs mine) {
        mine.scratch = rooms.Mine();
        run(mine);
      },
      args);
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_SPLIT_H_
