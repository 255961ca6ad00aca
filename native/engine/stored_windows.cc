#include "engine/stored_windows.h"

#include <algorithm>

#include "engine/container.h"
#include "engine/model.h"

namespace edgec {
namespace {

constexpr size_t kBytes = Qs8Windows::kBytes, kMostReach = 1 << 16;
constexpr uint16_t kInverted = 1 << 15;  // marks a place

size_t PlaceOf(uint16_t marked) { return marked % kInverted; }
bool IsInverted(uint16_t marked) { return marked >= kInverted; }

// Where the parts of their index lie (docs/package-format.md).
struct Parts {
  size_t width, columns, depth, blocks;  // columns of a window, columns and blocks of a group, bytes of a run
  size_t counts, places, end;

  size_t run_quads() const { return (depth + kBytes - 1) / kBytes; }
};

Parts PartsOf(const Value& v) {
  const auto groups = static_cast<size_t>(v.panels.groups), count = static_cast<size_t>(v.panels.windows);
  Parts p{};
  p.width = static_cast<size_t>(v.panels.width);
  p.columns = v.dim(0) / groups;
  p.depth = v.count / v.dim(0) / static_cast<size_t>(v.panels.runs);
  p.blocks = (p.columns + p.width - 1) / p.width;
  p.counts = 2 * v.dim(0) * sizeof(int32_t);
  p.places = p.counts + groups * p.blocks * 2 * sizeof(uint32_t);
  p.end = p.places + count * sizeof(uint16_t);
  return p;
}

const uint32_t* CountsOf(const Value& v, const Parts& p) { return reinterpret_cast<const uint32_t*>(v.beside + p.counts); }
const uint16_t* PlacesOf(const Value& v, const Parts& p) { return reinterpret_cast<const uint16_t*>(v.beside + p.places); }

// Reads as many blocks as there are: their first windows and counts.
template <typename B>
Status ReadBlocks(const Value& v, const Parts& p, std::vector<B>* blocks) {
  const auto count = static_cast<size_t>(v.panels.windows);
  const uint32_t* counts = CountsOf(v, p);
  blocks->resize(static_cast<size_t>(v.panels.groups) * p.blocks);
  size_t first = 0;
  for (B& block : *blocks) {
    block.first = static_cast<uint32_t>(first);
    block.pairs = static_cast<decltype(block.pairs)>(counts[0]);
    block.singles = static_cast<decltype(block.singles)>(counts[1]);
    if (block.pairs != counts[0] || block.singles != counts[1] || block.count() > count - first)
      return Corrupt("there are more windows than they are said to be");
    first += block.count();
    counts += 2;
  }
  return first == count ? Status::Ok() : Corrupt("there are fewer windows than they are said to be");
}

// Puts columns with as many windows together, so that loops over these mostly run as often as the last did.
void Sort(Qs8ColumnWindows::Block* first, Qs8ColumnWindows::Block* end) {
  const auto counts = [](const Qs8ColumnWindows::Block& b) { return size_t{256} * b.pairs + b.singles; };
  std::stable_sort(first, end, [&](const auto& a, const auto& b) { return counts(a) < counts(b); });
}

// Whether a quad starts at a place.
bool IsOfQuad(const Parts& p, size_t place) { return place % p.depth % kBytes == 0; }

Status ReadColumnWindows(const Value& v, const Parts& p, const uint8_t* weights, StoredWindows* stored) {
  EDGEC_RETURN_IF_ERROR(ReadBlocks(v, p, &stored->column_blocks));
  const auto count = static_cast<size_t>(v.panels.windows), bytes = static_cast<size_t>(v.panels.runs) * p.depth;
  const uint16_t* places = PlacesOf(v, p);
  stored->places.resize(count);
  for (size_t i = 0; i < count; i++) {
    const size_t place = PlaceOf(places[i]);
    if (place >= bytes || !IsOfQuad(p, place)) return Corrupt("windows lie outside their weights");
    const size_t quad = place / p.depth * p.run_quads() + place % p.depth / kBytes;
    stored->places[i] = static_cast<uint8_t>(Qs8ColumnWindows::kForms * quad + IsInverted(places[i]));
  }
  constexpr size_t kSpan = Qs8ColumnWindows::kSpan;
  for (size_t g = 0; g < stored->column_blocks.size(); g += p.columns)
    for (size_t n = 0; n < p.columns; n += kSpan) {
      Qs8ColumnWindows::Block* span = &stored->column_blocks[g + n];
      const size_t columns = std::min(kSpan, p.columns - n);
      for (size_t c = 0; c < columns; c++) span[c].column = static_cast<uint16_t>(c);
      Sort(span, span + columns);
    }
  stored->column_windows = {stored->column_blocks.data(), stored->places.data(), reinterpret_cast<const Qs8ColumnWindows::Weights*>(weights)};
  return Status::Ok();
}

// Adds the weights that a window has for a column to those of its run from byte `at` of `depth` on.
void AddWindow(const int8_t* weights, bool inverted, size_t at, size_t depth, int8_t* to) {
  for (size_t i = 0; i < std::min(kBytes, depth - at); i++)
    to[i] = static_cast<int8_t>(inverted && (at + i) % 2 == 1 ? to[i] - weights[i] : to[i] + weights[i]);
}

}  // namespace

bool WindowsFit(const Value& v) {
  if (v.dtype != DType::kInt8 || v.panels.windows < 0 || !MatrixFits(v)) return false;
  const size_t runs = static_cast<size_t>(v.panels.runs), quads = runs * RoundUp(v.count / v.dim(0) / runs, kBytes) / kBytes;
  if (v.panels.width == 1) return quads <= Qs8ColumnWindows::kMostQuads;
  return v.panels.width == static_cast<int32_t>(Qs8Windows::kColumns) && quads <= Qs8Windows::kMostQuads;
}

size_t WindowBytes(const Value& v) { return static_cast<size_t>(v.panels.windows) * static_cast<size_t>(v.panels.width) * kBytes; }
size_t WindowIndexBytes(const Value& v) { return PartsOf(v).end; }
const uint8_t* InvertedSumsOf(const Value& v) { return v.beside + v.dim(0) * sizeof(int32_t); }

Status ReadWindows(const Value& v, const uint8_t* weights, const int32_t* runs, StoredWindows* stored) {
  const Parts p = PartsOf(v);
  if (p.width == 1) return ReadColumnWindows(v, p, weights, stored);
  EDGEC_RETURN_IF_ERROR(ReadBlocks(v, p, &stored->blocks));
  const uint16_t* places = PlacesOf(v, p);
  const auto count = static_cast<size_t>(v.panels.windows), run_count = static_cast<size_t>(v.panels.runs);
  const bool reach = std::all_of(runs, runs + run_count, [&](int32_t run) { return run >= 0 && static_cast<size_t>(run) + p.depth <= kMostReach; });
  const bool gathered = !reach || std::any_of(places, places + count, IsInverted);
  const size_t form = Qs8Windows::FormBytes(run_count, p.depth);
  stored->offsets.resize(count);
  for (size_t i = 0; i < count; i++) {
    const size_t place = PlaceOf(places[i]), run = place / p.depth;
    if (run >= run_count) return Corrupt("windows lie outside their weights");
    const size_t first = gathered ? run * p.run_quads() * kBytes : static_cast<size_t>(runs[run]);
    stored->offsets[i] = static_cast<uint16_t>(first + place % p.depth + (IsInverted(places[i]) ? form : 0));
  }
  stored->windows = {stored->blocks.data(), stored->offsets.data(), reinterpret_cast<const Qs8Windows::Weights*>(weights), gathered};
  return Status::Ok();
}

Status UnpackWindows(const Value& v, int8_t* to) {
  const Parts p = PartsOf(v);
  const size_t column_bytes = v.count / v.dim(0);
  std::vector<Qs8Windows::Block> blocks;
  EDGEC_RETURN_IF_ERROR(ReadBlocks(v, p, &blocks));
  const uint16_t* places = PlacesOf(v, p);
  std::fill_n(to, v.count, static_cast<int8_t>(v.panels.zero_point));
  for (size_t b = 0; b < blocks.size(); b++) {
    const size_t column = b % p.blocks * p.width, columns = std::min(p.width, p.columns - column);
    int8_t* first = to + (b / p.blocks * p.columns + column) * column_bytes;
    for (size_t window = blocks[b].first; window < blocks[b].first + blocks[b].count(); window++) {
      const size_t place = PlaceOf(places[window]);
      if (place >= column_bytes || (p.width == 1 && !IsOfQuad(p, place))) return Corrupt("windows lie outside their weights");
      const auto* weights = reinterpret_cast<const int8_t*>(v.data) + window * p.width * kBytes;
      for (size_t c = 0; c < columns; c++)
        AddWindow(weights + c * kBytes, IsInverted(places[window]), place % p.depth, p.depth, first + c * column_bytes + place);
    }
  }
  return Status::Ok();
}

}  // namespace edgec
