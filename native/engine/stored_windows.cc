#include "engine/stored_windows.h"

#include <algorithm>

#include "engine/container.h"
#include "engine/model.h"

namespace edgec {
namespace {

constexpr size_t kColumns = Qs8Windows::kColumns, kBytes = Qs8Windows::kBytes, kMostPlaces = 1 << 16;

// Where the parts of windows lie (docs/package-format.md).
struct Parts {
  size_t columns, depth, blocks;  // columns and blocks of 8 of them of a group, bytes of a run
  size_t counts, places, weights, end;
};

Parts PartsOf(const Value& v) {
  const auto groups = static_cast<size_t>(v.panels.groups), count = static_cast<size_t>(v.panels.windows);
  Parts p{};
  p.columns = v.dim(0) / groups;
  p.depth = v.count / v.dim(0) / static_cast<size_t>(v.panels.runs);
  p.blocks = (p.columns + kColumns - 1) / kColumns;
  p.counts = v.dim(0) * sizeof(int32_t);
  p.places = p.counts + groups * p.blocks * 2 * sizeof(uint32_t);
  p.weights = RoundUp(p.places + count * sizeof(uint32_t), 64);
  p.end = p.weights + count * sizeof(Qs8Windows::Weights);
  return p;
}

// Adds the weights that a window has for up to 8 columns to those from its first byte on in the first of them.
void AddWindow(const Qs8Windows::Weights& weights, size_t columns, size_t bytes, size_t column_bytes, int8_t* to) {
  for (size_t c = 0; c < columns; c++, to += column_bytes)
    for (size_t k = 0; k < bytes; k++) to[k] = static_cast<int8_t>(to[k] + weights[c][k]);
}

}  // namespace

bool WindowsFit(const Value& v) {
  if (v.dtype != DType::kInt8 || v.panels.windows < 0 || !MatrixFits(v)) return false;
  return static_cast<size_t>(v.panels.runs) <= kMostPlaces && PartsOf(v).depth <= kMostPlaces;
}

size_t WindowBytes(const Value& v) { return PartsOf(v).end; }

Status ReadWindows(const Value& v, const uint8_t* at, const int32_t* runs, std::vector<int32_t>* offsets, std::vector<Qs8Windows>* windows) {
  const Parts p = PartsOf(v);
  const auto* counts = reinterpret_cast<const uint32_t*>(at + p.counts);
  const auto* places = reinterpret_cast<const uint32_t*>(at + p.places);
  const auto* weights = reinterpret_cast<const Qs8Windows::Weights*>(at + p.weights);
  const auto count = static_cast<size_t>(v.panels.windows), run_count = static_cast<size_t>(v.panels.runs);
  offsets->resize(count);
  for (int32_t& offset : *offsets) {
    const uint32_t place = *places++, run = place >> 16, byte = place & 0xffff;
    if (run >= run_count || byte >= p.depth) return Corrupt("windows lie outside their weights");
    offset = runs[run] + static_cast<int32_t>(byte);
  }
  windows->clear();
  size_t first = 0;
  for (size_t b = 0; b < static_cast<size_t>(v.panels.groups) * p.blocks; b++, counts += 2) {
    const Qs8Windows block = {offsets->data() + first, weights + first, counts[0], counts[1]};
    if (block.count() > count - first) return Corrupt("there are more windows than they are said to be");
    first += block.count();
    windows->push_back(block);
  }
  return first == count ? Status::Ok() : Corrupt("there are fewer windows than they are said to be");
}

Status UnpackWindows(const Value& v, int8_t* to) {
  const Parts p = PartsOf(v);
  const size_t column_bytes = v.count / v.dim(0);
  std::vector<int32_t> runs, offsets;
  for (size_t k = 0; k < column_bytes; k += p.depth) runs.push_back(static_cast<int32_t>(k));
  std::vector<Qs8Windows> windows;
  EDGEC_RETURN_IF_ERROR(ReadWindows(v, v.data, runs.data(), &offsets, &windows));
  std::fill_n(to, v.count, static_cast<int8_t>(v.panels.zero_point));
  for (size_t b = 0; b < windows.size(); b++) {
    const size_t column = b % p.blocks * kColumns, columns = std::min(kColumns, p.columns - column);
    int8_t* first = to + (b / p.blocks * p.columns + column) * column_bytes;
    for (size_t i = 0; i < windows[b].count(); i++) {
      const auto offset = static_cast<size_t>(windows[b].offsets[i]);
      AddWindow(windows[b].weights[i], columns, std::min(kBytes, p.depth - offset % p.depth), column_bytes, first + offset);
    }
  }
  return Status::Ok();
}

}  // namespace edgec
