// Quantize and Dequantize, with parameters for the whole value or for each index of an axis.
#include <algorithm>
#include <cmath>

#include "engine/int8.h"
#include "engine/prepare.h"
#include "engine/split.h"
#include "kernels/qs8_dequantize/qs8_dequantize.h"
#include "kernels/qs8_quantize/qs8_quantize.h"

namespace edgec {
namespace {

// Parameters of runs of `inner` elements; run r has those of channel r mod their count.
constexpr double kMacsOfAnElement = 32;  // what can be multiplied while one is converted

struct Affine {
  size_t inner = 0;
  std::vector<float> scale;
  std::vector<int32_t> zero_point;
};

template <typename A>
Status ReadAffine(const Value& x, const A& a, Affine* affine) {
  const bool whole = a.axis < 0;
  EDGEC_CHECK(whole || static_cast<size_t>(a.axis) < x.shape.size(), "bad axis");
  const size_t count = whole ? 1 : x.dim(a.axis);
  EDGEC_CHECK(a.scale.size == count && a.zeroPoint.size == count, "one scale and zero point for each channel are needed");
  affine->inner = std::max<size_t>(1, x.count);
  if (!whole) {
    affine->inner = 1;
    for (size_t i = static_cast<size_t>(a.axis) + 1; i < x.shape.size(); i++) affine->inner *= static_cast<size_t>(x.shape[i]);
  }
  for (size_t c = 0; c < count; c++) {
    EDGEC_CHECK(a.scale[c] > 0 && std::isfinite(a.scale[c]), "a scale is not a positive number");
    affine->scale.push_back(a.scale[c]);
    affine->zero_point.push_back(a.zeroPoint[c]);
  }
  return Status::Ok();
}

// Calls row(first, end, scale, zero point) for every run of elements with one set of parameters.
template <typename F>
void ForRuns(const Affine& affine, size_t count, F row) {
  size_t channel = 0;
  for (size_t first = 0; first < count; first += affine.inner) {
    row(first, first + affine.inner, affine.scale[channel], affine.zero_point[channel]);
    channel = channel + 1 == affine.scale.size() ? 0 : channel + 1;
  }
}

template <typename T>
void DequantizeAll(const Affine& affine, const Value& x, const Value& y) {
  const T* from = x.as<T>();
  float* to = y.as<float>();
  ForRuns(affine, x.count, [=](size_t first, size_t end, float scale, int32_t zero) {
    for (size_t i = first; i < end; i++) to[i] = static_cast<float>(static_cast<double>(from[i]) - zero) * scale;
  });
}

}  // namespace

Status PrepareQuantize(const Preparation& p, Step* step) {
  QuantizeAttrs a;
  Affine affine;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kInt8 && x.shape == y.shape, "operands do not fit");
  EDGEC_RETURN_IF_ERROR(ReadAffine(x, a, &affine));
  for (int32_t zero : affine.zero_point) EDGEC_CHECK(IsInt8(zero), "bad zero point");
  const auto& kernel = Qs8QuantizeFamily().Best(p.isa);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, pool = p.pool, reciprocal = a.reciprocal, &x, &y] {
    ForRuns(affine, x.count, [&](size_t first, size_t end, float scale, int32_t zero) {
      SplitElements(pool, end - first, kMacsOfAnElement * static_cast<double>(end - first), [&](size_t from, size_t to) {
        run({x.as<float>() + first + from, y.data + first + from, to - from, scale, reciprocal, zero, y.flip()});
      });
    });
  };
  return Status::Ok();
}

Status PrepareDequantize(const Preparation& p, Step* step) {
  DequantizeAttrs a;
  Affine affine;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const bool wide = x.dtype == DType::kInt32 || x.dtype == DType::kInt16;
  EDGEC_CHECK((x.dtype == DType::kInt8 || wide) && y.dtype == DType::kFloat32 && x.shape == y.shape, "operands do not fit");
  EDGEC_RETURN_IF_ERROR(ReadAffine(x, a, &affine));
  if (wide) {
    const auto run = x.dtype == DType::kInt32 ? DequantizeAll<int32_t> : DequantizeAll<int16_t>;
    step->run = [=, &x, &y] { run(affine, x, y); };
    return Status::Ok();
  }
  for (int32_t zero : affine.zero_point) EDGEC_CHECK(IsInt8(zero), "bad zero point");
  const auto& kernel = Qs8DequantizeFamily().Best(p.isa);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, pool = p.pool, &x, &y] {
    ForRuns(affine, x.count, [&](size_t first, size_t end, float scale, int32_t zero) {
      SplitElements(pool, end - first, kMacsOfAnElement * static_cast<double>(end - first), [&](size_t from, size_t to) {
        run({x.data + first + from, y.as<float>() + first + from, to - from, scale, zero, x.flip()});
      });
    });
  };
  return Status::Ok();
}

}  // namespace edgec
