// TopK and CumSum: an axis is walked in order.
#include <algorithm>
#include <numeric>

#include "engine/axis_rows.h"

namespace edgec {
namespace {

template <typename T>
void PickFirst(const Value& x, const Value& values, const Value& indices, const AxisRows& rows, size_t k, bool largest, std::vector<int32_t>* order) {
  for (size_t row = 0; row < rows.outer * rows.step; row++) {
    const size_t block = row / rows.step, lane = row % rows.step;
    const T* from = x.as<T>() + block * rows.length * rows.step + lane;
    const auto at = [&](int32_t i) { return from[static_cast<size_t>(i) * rows.step]; };
    std::iota(order->begin(), order->end(), 0);
    std::partial_sort(order->begin(), order->begin() + static_cast<std::ptrdiff_t>(k), order->end(), [&](int32_t p, int32_t q) {
      const T a = at(p), b = at(q);
      if (largest ? a > b : a < b) return true;
      return !(largest ? b > a : b < a) && p < q;
    });
    for (size_t i = 0; i < k; i++) {
      const size_t to = (block * k + i) * rows.step + lane;
      values.as<T>()[to] = at((*order)[i]);
      indices.as<int32_t>()[to] = (*order)[i];
    }
  }
}

template <typename T, typename Sum>
void SumUp(const Value& x, const Value& y, const AxisRows& rows, bool exclusive, bool reverse) {
  ForEachAxisRow(rows, [&](size_t first) {
    Sum sum = 0;
    for (size_t k = 0; k < rows.length; k++) {
      const size_t i = first + (reverse ? rows.length - 1 - k : k) * rows.step;
      const Sum next = sum + static_cast<Sum>(x.as<T>()[i]);
      y.as<T>()[i] = static_cast<T>(exclusive ? sum : next);
      sum = next;
    }
  });
}

}  // namespace

Status PrepareTopK(const Preparation& p, Step* step) {
  TopKAttrs a;
  EDGEC_CHECK(HasOperands(p, 1, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &values = *p.outputs[0], &indices = *p.outputs[1];
  AxisRows rows;
  EDGEC_RETURN_IF_ERROR(MakeAxisRows(x, a.axis, &rows));
  EDGEC_CHECK(a.k >= 0 && static_cast<size_t>(a.k) <= rows.length, "k is no count along the axis");
  const auto k = static_cast<size_t>(a.k);
  EDGEC_CHECK(values.dtype == x.dtype && indices.dtype == DType::kInt32 && values.count == rows.outer * k * rows.step && indices.count == values.count,
              "the outputs do not fit");
  auto order = std::make_shared<std::vector<int32_t>>(rows.length);
  const auto run = [=, &x, &values, &indices](auto pick) {
    return [=, &x, &values, &indices] { pick(x, values, indices, rows, k, a.largest, order.get()); };
  };
  if (x.dtype == DType::kFloat32)
    step->run = run(PickFirst<float>);
  else if (x.dtype == DType::kInt8)
    step->run = run(PickFirst<int8_t>);
  else if (x.dtype == DType::kInt32)
    step->run = run(PickFirst<int32_t>);
  else
    return Bad("operands have other types");
  return Status::Ok();
}

Status PrepareCumSum(const Preparation& p, Step* step) {
  CumSumAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  AxisRows rows;
  EDGEC_RETURN_IF_ERROR(MakeAxisRows(x, a.axis, &rows));
  EDGEC_CHECK(x.dtype == y.dtype && x.shape == y.shape, "the output does not fit");
  if (x.dtype == DType::kFloat32)
    step->run = [=, &x, &y] { SumUp<float, double>(x, y, rows, a.exclusive, a.reverse); };
  else if (x.dtype == DType::kInt32)
    step->run = [=, &x, &y] { SumUp<int32_t, uint32_t>(x, y, rows, a.exclusive, a.reverse); };
  else
    return Bad("operands have other types");
  return Status::Ok();
}

}  // namespace edgec
