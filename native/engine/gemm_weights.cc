#include "engine/gemm_weights.h"

#include <cstring>

#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemv/qs8_gemv.h"

namespace edgec {
namespace {

bool LiesAs(const Panels& panels, const GemmShape& shape, size_t unit) {
  return static_cast<size_t>(panels.groups) == shape.groups && static_cast<size_t>(panels.runs) == shape.runs &&
         static_cast<size_t>(panels.unit) == unit;
}

// As many int32 as there are columns.
std::vector<int64_t> ReadSums(const Value& w, const uint8_t* at) {
  std::vector<int64_t> sums(w.dim(0));
  for (int64_t& sum : sums) {
    int32_t stored;
    std::memcpy(&stored, at, sizeof(stored));
    sum = stored;
    at += sizeof(stored);
  }
  return sums;
}

}  // namespace

const Kernel<Qs8GemmArgs>& Qs8ProductKernel(Isa isa, size_t rows, size_t depth) {
  const auto &several = Qs8GemmFamily().Best(isa), &one = Qs8GemvFamily().Best(isa);
  return rows == 1 && CenteredWeights::kMostSets * depth <= kQs8GemvMostDepth && one.isa == several.isa ? one : several;
}

Status TakeStored(const Value& w, size_t bytes, Block* copy, const uint8_t** at) {
  if (w.stays) return Status::Ok();
  if (!copy->Allocate(bytes)) return Status::OutOfMemory();
  std::memcpy(copy->data(), *at, bytes);
  *at = copy->data();
  return Status::Ok();
}

Status RowMajor(const Value& w, Block* room, const uint8_t** at) {
  *at = w.data;
  if (w.panels.are_none()) return Status::Ok();
  if (!room->Allocate(w.bytes())) return Status::OutOfMemory();
  *at = room->data();
  return Unpack(w, room->data());
}

Status Qs8GemmWeights::Pack(const int8_t* w, const GemmShape& shape, int32_t zero_point, const Layout& layout) {
  const size_t column = shape.runs * shape.depth, outputs = shape.groups * shape.columns;
  CenteredWeights centered;
  CenterWeights(w, outputs * column, zero_point, &centered);
  std::vector<int8_t> joined;
  const int8_t* all = JoinSets(centered, outputs, column, &joined);
  sets_ = centered.count;
  group_bytes_ = Qs8GemmWeightBytes(shape.columns, sets_ * shape.runs, shape.depth);
  if (!owned_.Allocate(shape.groups * group_bytes_)) return Status::OutOfMemory();
  auto* packed = reinterpret_cast<int8_t*>(owned_.data());
  for (size_t g = 0; g < shape.groups; g++)
    PackQs8Gemm(layout, all + g * shape.columns * sets_ * column, shape.columns, sets_ * shape.runs, shape.depth,
                packed + g * group_bytes_);
  weights_ = packed;
  return Status::Ok();
}

Status Qs8GemmWeights::TakePanels(const Value& w, const GemmShape& shape) {
  group_bytes_ = Qs8GemmWeightBytes(shape.columns, shape.runs, shape.depth);
  const uint8_t* at = w.data;
  EDGEC_RETURN_IF_ERROR(TakeStored(w, shape.groups * group_bytes_, &owned_, &at));
  weights_ = reinterpret_cast<const int8_t*>(at);
  return Status::Ok();
}

Status Qs8GemmWeights::TakeWindows(const Value& w, const int32_t* runs) {
  const uint8_t* at = w.data;
  EDGEC_RETURN_IF_ERROR(TakeStored(w, StoredBytes(w), &owned_, &at));
  return ReadWindows(w, at, runs, &windows_);
}

Qs8Windows Qs8GemmWeights::windows(size_t g) const {
  Qs8Windows windows = windows_.windows;
  windows.blocks += g * (windows_.blocks.size() / requants_.size());
  return windows;
}

Qs8ColumnWindows Qs8GemmWeights::column_windows(size_t g) const {
  Qs8ColumnWindows windows = windows_.column_windows;
  windows.blocks += g * (windows_.column_blocks.size() / requants_.size());
  return windows;
}

Status Qs8GemmWeights::Make(const Preparation& p, const GemmShape& shape, const int32_t* runs, const AccumulateParams& params, const Layout& layout) {
  const Value& w = *p.inputs[1];
  EDGEC_CHECK(w.count == shape.elements(), "weights do not fit");
  std::vector<int64_t> sums, inverted;
  if (params.zw == 0 && LiesAs(w.panels, shape, layout.unit)) {
    EDGEC_RETURN_IF_ERROR(TakePanels(w, shape));
    sums = ReadSums(w, ColumnSumsOf(w));
  } else if (params.zw == w.panels.zero_point && layout.windows && w.panels.are_windows() && LiesAs(w.panels, shape, 0)) {
    EDGEC_RETURN_IF_ERROR(TakeWindows(w, runs));
    sums = ReadSums(w, ColumnSumsOf(w));
    inverted = ReadSums(w, InvertedSumsOf(w));
  } else {
    Block room;
    const uint8_t* at = nullptr;
    EDGEC_RETURN_IF_ERROR(RowMajor(w, &room, &at));
    const auto* rows = reinterpret_cast<const int8_t*>(at);
    EDGEC_RETURN_IF_ERROR(Pack(rows, shape, params.zw, layout));
    sums = ColumnSums(rows, shape.groups * shape.columns, shape.runs * shape.depth, params.zw);
  }
  requants_.resize(shape.groups);
  for (size_t g = 0; g < shape.groups; g++) {
    const size_t first = g * shape.columns;
    const auto* bias = p.inputs[2]->as<int32_t>() + first;
    FillRequant(bias, p.inputs[3]->as<float>() + first, sums.data() + first, shape.columns, params, layout, RoundUp(shape.columns, kLanes), &requants_[g]);
    // What an inverted byte has instead of its negative.
    for (size_t n = 0; n < shape.columns && !inverted.empty(); n++)
      requants_[g].bias[n] = static_cast<int32_t>(requants_[g].bias[n] - 255 * inverted[first + n]);
  }
  return Status::Ok();
}

Status F32GemmWeights::Make(const Preparation& p, const GemmShape& shape, const float* bias) {
  const Value& w = *p.inputs[1];
  EDGEC_CHECK(w.count == shape.elements(), "weights do not fit");
  group_count_ = F32GemmWeightCount(shape.columns, shape.runs, shape.depth);
  padded_ = RoundUp(shape.columns, kLanes);
  const size_t bytes = shape.groups * group_count_ * sizeof(float);
  const uint8_t* at = w.data;
  if (LiesAs(w.panels, shape, 1)) {
    EDGEC_RETURN_IF_ERROR(TakeStored(w, bytes, &owned_, &at));
  } else {
    Block room;
    EDGEC_RETURN_IF_ERROR(RowMajor(w, &room, &at));
    if (!owned_.Allocate(bytes)) return Status::OutOfMemory();
    const auto* rows = reinterpret_cast<const float*>(at);
    auto* packed = reinterpret_cast<float*>(owned_.data());
    for (size_t g = 0; g < shape.groups; g++)
      PackF32Gemm(rows + g * shape.columns * shape.runs * shape.depth, shape.columns, shape.runs, shape.depth,
                  packed + g * group_count_);
    at = owned_.data();
  }
  weights_ = reinterpret_cast<const float*>(at);
  bias_.assign(shape.groups * padded_, 0);
  for (size_t g = 0; bias && g < shape.groups; g++) std::copy_n(bias + g * shape.columns, shape.columns, bias_.data() + g * padded_);
  return Status::Ok();
}

}  // namespace edgec
