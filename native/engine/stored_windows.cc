#include "engine/stored_windows.h"

#include <algorithm>

#include "engine/container.h"
#include "engine/model.h"

namespace edgec {
namespace {

constexpr size_t kColumns = Qs8Windows::kColumns, kBytes = Qs8Windows::kBytes, kMostBytes = 1 << 16;

// Where the parts of their index lie (docs/package-format.md).
struct Parts {
  size_t columns, depth, blocks;  // columns and blocks of 8 of them of a group, bytes of a run
  size_t counts, places, end;
};

Parts PartsOf(const Value& v) {
  const auto groups = static_cast<size_t>(v.panels.groups), count = static_cast<size_t>(v.panels.windows);
  Parts p{};
  p.columns = v.dim(0) / groups;
  p.depth = v.count / v.dim(0) / static_cast<size_t>(v.panels.runs);
  p.blocks = (p.columns + kColumns - 1) / kColumns;
  p.counts = v.dim(0) * sizeof(int32_t);
  p.places = p.counts + groups * p.blocks * 2 * sizeof(uint32_t);
  p.end = p.places + count * sizeof(uint16_t);
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
  return v.count / static_cast<size_t>(v.dim(0)) <= kMostBytes;
}

size_t WindowBytes(const Value& v) { return static_cast<size_t>(v.panels.windows) * sizeof(Qs8Windows::Weights); }
size_t WindowIndexBytes(const Value& v) { return PartsOf(v).end; }

bool WindowsReach(const Value& v, const int32_t* runs) {
  const size_t depth = PartsOf(v).depth;
  return std::all_of(runs, runs + v.panels.runs, [=](int32_t run) { return run >= 0 && static_cast<size_t>(run) + depth <= kMostBytes; });
}

Status ReadWindows(const Value& v, const uint8_t* weights, const int32_t* runs, StoredWindows* stored) {
  const Parts p = PartsOf(v);
  const auto* counts = reinterpret_cast<const uint32_t*>(v.beside + p.counts);
  const auto* places = reinterpret_cast<const uint16_t*>(v.beside + p.places);
  const auto count = static_cast<size_t>(v.panels.windows), bytes = static_cast<size_t>(v.panels.runs) * p.depth;
  stored->offsets.resize(count);
  for (uint16_t& offset : stored->offsets) {
    const size_t place = *places++;
    if (place >= bytes) return Corrupt("windows lie outside their weights");
    offset = static_cast<uint16_t>(runs[place / p.depth] + static_cast<int32_t>(place % p.depth));
  }
  stored->blocks.resize(static_cast<size_t>(v.panels.groups) * p.blocks);
  size_t first = 0;
  for (Qs8Windows::Block& block : stored->blocks) {
    block = {static_cast<uint32_t>(first), counts[0], counts[1]};
    if (block.count() > count - first) return Corrupt("there are more windows than they are said to be");
    first += block.count();
    counts += 2;
  }
  if (first != count) return Corrupt("there are fewer windows than they are said to be");
  stored->windows = {stored->blocks.data(), stored->offsets.data(), reinterpret_cast<const Qs8Windows::Weights*>(weights)};
  return Status::Ok();
}

Status UnpackWindows(const Value& v, int8_t* to) {
  const Parts p = PartsOf(v);
  const size_t column_bytes = v.count / v.dim(0);
  std::vector<int32_t> runs;
  for (size_t k = 0; k < column_bytes; k += p.depth) runs.push_back(static_cast<int32_t>(k));
  StoredWindows stored;
  EDGEC_RETURN_IF_ERROR(ReadWindows(v, v.data, runs.data(), &stored));
  std::fill_n(to, v.count, static_cast<int8_t>(v.panels.zero_point));
  for (size_t b = 0; b < stored.blocks.size(); b++) {
    const size_t column = b % p.blocks * kColumns, columns = std::min(kColumns, p.columns - column);
    int8_t* first = to + (b / p.blocks * p.columns + column) * column_bytes;
    const Qs8Windows::Block& block = stored.blocks[b];
    for (size_t window = block.first; window < block.first + block.count(); window++) {
      const size_t offset = stored.offsets[window];
      AddWindow(stored.windows.weights[window], columns, std::min(kBytes, p.depth - offset % p.depth), column_bytes, first + offset);
    }
  }
  return Status::Ok();
}

}  // namespace edgec
