#include "engine/panels.h"

#include <cstring>

#include "engine/model.h"
#include "engine/stored_windows.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {
namespace {

struct Extent {
  size_t columns, runs, depth, stored, bytes;  // of one group; depth and stored of one run
};

Extent ExtentOf(const Value& v) {
  const auto groups = static_cast<size_t>(v.panels.groups), runs = static_cast<size_t>(v.panels.runs);
  const size_t columns = v.dim(0) / groups, depth = v.count / v.dim(0) / runs;
  if (v.dtype == DType::kInt8)
    return {columns, runs, depth, RoundUp(depth, kQs8GemmDepthUnit), Qs8GemmWeightBytes(columns, runs, depth)};
  return {columns, runs, depth, depth, F32GemmWeightCount(columns, runs, depth) * sizeof(float)};
}

size_t PanelBytes(const Value& v) { return static_cast<size_t>(v.panels.groups) * ExtentOf(v).bytes; }

template <typename T>
void UnpackElements(const Value& v, T* to) {
  const Extent e = ExtentOf(v);
  const auto unit = static_cast<size_t>(v.panels.unit);
  for (size_t n = 0; n < v.dim(0); n++) {
    const size_t column = n % e.columns;
    const T* group = reinterpret_cast<const T*>(v.data + n / e.columns * e.bytes);
    const T* panel = group + column / kLanes * kLanes * e.runs * e.stored;
    for (size_t r = 0; r < e.runs; r++, panel += e.stored * kLanes)
      for (size_t k = 0; k < e.depth; k++)
        *to++ = panel[k / unit * unit * kLanes + column % kLanes * Qs8GemmPiece(unit, e.depth, k) + k % unit];
  }
}

}  // namespace

bool MatrixFits(const Value& v) {
  const Panels& p = v.panels;
  if (v.shape.empty() || v.count == 0 || p.groups < 1 || p.runs < 1) return false;
  return v.dim(0) % static_cast<size_t>(p.groups) == 0 && v.count / v.dim(0) % static_cast<size_t>(p.runs) == 0;
}

bool PanelsFit(const Value& v) {
  const int32_t unit = v.panels.unit;
  const bool has_unit = unit == 1 || (v.dtype == DType::kInt8 && (unit == 2 || unit == 4 || unit == 8));
  return has_unit && (v.dtype == DType::kInt8 || v.dtype == DType::kFloat32) && MatrixFits(v);
}

size_t StoredBytes(const Value& v) {
  if (v.panels.are_none()) return v.bytes();
  if (v.panels.are_windows()) return WindowBytes(v);
  return v.dtype == DType::kInt8 ? RoundUp(PanelBytes(v), 64) + v.dim(0) * sizeof(int32_t) : PanelBytes(v);
}

const uint8_t* ColumnSumsOf(const Value& v) { return v.panels.are_windows() ? v.beside : v.data + RoundUp(PanelBytes(v), 64); }

Status Unpack(const Value& v, uint8_t* to) {
  if (v.panels.are_windows()) return UnpackWindows(v, reinterpret_cast<int8_t*>(to));
  if (v.dtype == DType::kInt8) UnpackElements(v, reinterpret_cast<int8_t*>(to));
  else UnpackElements(v, reinterpret_cast<float*>(to));
  return Status::Ok();
}

}  // namespace edgec
