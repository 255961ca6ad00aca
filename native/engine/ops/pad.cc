// Pad: a border of a constant or of the value's own elements; negative pads crop.
#include <algorithm>
#include <cstring>

#include "engine/prepare.h"
#include "engine/strided.h"

namespace edgec {
namespace {

using Mode = PadAttrs::Mode;

// Index in the input of `position` on an axis of `size`; -1 where a constant stands.
int64_t SourceIndex(int64_t position, int64_t size, Mode mode) {
  if (position >= 0 && position < size) return position;
  if (mode == Mode::kConstant || size == 0) return -1;
  if (mode == Mode::kEdge || size == 1) return position < 0 ? 0 : size - 1;
  const int64_t period = mode == Mode::kReflect ? 2 * (size - 1) : 2 * size;
  const int64_t wrapped = ((position % period) + period) % period;
  if (wrapped < size) return wrapped;
  return mode == Mode::kReflect ? period - wrapped : period - 1 - wrapped;
}

// `value` as one stored element, repeated over a row.
std::vector<uint8_t> FillOf(float value, DType dtype, size_t count) {
  std::vector<uint8_t> row(count * ElementBytes(dtype));
  if (dtype == DType::kFloat32) std::fill_n(reinterpret_cast<float*>(row.data()), count, value);
  else if (dtype == DType::kInt32) std::fill_n(reinterpret_cast<int32_t*>(row.data()), count, static_cast<int32_t>(value));
  else if (dtype == DType::kInt16) std::fill_n(reinterpret_cast<int16_t*>(row.data()), count, static_cast<int16_t>(static_cast<int32_t>(value)));
  else std::fill(row.begin(), row.end(), static_cast<uint8_t>(static_cast<int32_t>(value)));
  return row;
}

// What every row of the output along the last axis is made of.
struct Rows {
  std::vector<std::vector<int64_t>> sources;  // of every axis but the last: first element of the source, or -1
  std::vector<int64_t> last;                  // of the last axis
  int64_t run_first = 0, run_count = 0;       // the part of `last` that is contiguous in the input
  bool constant = false;                      // whether all else is fill
  std::vector<uint8_t> fill;
};

std::vector<int64_t> AxisSources(int32_t size_out, int32_t size_in, int64_t before, int64_t stride, Mode mode) {
  std::vector<int64_t> sources;
  for (int64_t i = 0; i < size_out; i++) {
    const int64_t source = SourceIndex(i - before, size_in, mode);
    sources.push_back(source < 0 ? -1 : source * stride);
  }
  return sources;
}

void PadRow(const Rows& rows, const uint8_t* from, size_t bytes, uint8_t* to) {
  const auto count = static_cast<int64_t>(rows.last.size());
  if (rows.constant && rows.run_count > 0) {
    const auto run = static_cast<size_t>(rows.run_count) * bytes, before = static_cast<size_t>(rows.run_first) * bytes;
    std::memcpy(to, rows.fill.data(), before);
    std::memcpy(to + before, from + static_cast<size_t>(rows.last[static_cast<size_t>(rows.run_first)]) * bytes, run);
    std::memcpy(to + before + run, rows.fill.data(), static_cast<size_t>(count) * bytes - before - run);
    return;
  }
  for (int64_t i = 0; i < count; i++) {
    if (i == rows.run_first && rows.run_count > 0) {
      std::memcpy(to + static_cast<size_t>(i) * bytes, from + static_cast<size_t>(rows.last[static_cast<size_t>(i)]) * bytes,
                  static_cast<size_t>(rows.run_count) * bytes);
      i += rows.run_count - 1;
      continue;
    }
    const int64_t source = rows.last[static_cast<size_t>(i)];
    std::memcpy(to + static_cast<size_t>(i) * bytes, source < 0 ? rows.fill.data() : from + static_cast<size_t>(source) * bytes, bytes);
  }
}

void Run(const Rows& rows, const Value& x, const Value& y) {
  const size_t bytes = ElementBytes(x.dtype), outer = rows.sources.size(), row_bytes = rows.last.size() * bytes;
  std::array<size_t, kMaxAxes> at{};
  for (uint8_t *to = y.data, *end = y.data + y.bytes(); to < end; to += row_bytes) {
    int64_t first = 0;
    for (size_t axis = 0; axis < outer && first >= 0; axis++) {
      const int64_t source = rows.sources[axis][at[axis]];
      first = source < 0 ? -1 : first + source;
    }
    if (first < 0) std::memcpy(to, rows.fill.data(), row_bytes);
    else PadRow(rows, x.data + static_cast<size_t>(first) * bytes, bytes, to);
    for (size_t axis = outer; axis-- > 0;) {
      if (++at[axis] < rows.sources[axis].size()) break;
      at[axis] = 0;
    }
  }
}

}  // namespace

Status PreparePad(const Preparation& p, Step* step) {
  PadAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const size_t rank = x.shape.size();
  EDGEC_CHECK(rank > 0 && a.pads.size == 2 * rank && y.shape.size() == rank && x.dtype == y.dtype, "bad pads");
  EDGEC_CHECK(ElementBytes(x.dtype) <= 4, "operands have other types");
  EDGEC_CHECK(x.dtype == DType::kFloat32 || (a.value >= -16777216 && a.value <= 16777216), "bad value");
  const auto strides = RowMajorStrides(x);
  auto rows = std::make_shared<Rows>();
  for (size_t i = 0; i < rank; i++) {
    EDGEC_CHECK(y.shape[i] == static_cast<int64_t>(x.shape[i]) + a.pads[i] + a.pads[i + rank], "the output does not fit");
    const auto sources = AxisSources(y.shape[i], x.shape[i], a.pads[i], strides[i], a.mode);
    if (i + 1 < rank) rows->sources.push_back(sources);
    else rows->last = sources;
  }
  const int64_t before = a.pads[rank - 1], size = x.shape[rank - 1];
  rows->run_first = std::max<int64_t>(before, 0);
  rows->run_count = std::min<int64_t>(before + size, y.shape[rank - 1]) - rows->run_first;
  rows->constant = a.mode == Mode::kConstant;
  rows->fill = FillOf(a.value, x.dtype, rows->last.size());
  for (uint8_t& byte : rows->fill) byte ^= y.flip();
  step->run = [=, &x, &y] { Run(*rows, x, y); };
  return Status::Ok();
}

}  // namespace edgec
