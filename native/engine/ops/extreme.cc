// ArgMax, ArgMin, LogSoftmax and LRN: they look along one axis.
#include <algorithm>
#include <cmath>

#include "engine/axis_rows.h"

namespace edgec {
namespace {

template <typename T, typename F>
void Extremes(const AxisRows& rows, const T* x, int32_t* y, F ahead) {
  ForEachAxisRow(rows, [&](size_t first) {
    size_t best = 0;
    for (size_t k = 1; k < rows.length; k++)
      if (ahead(x[first + k * rows.step], x[first + best * rows.step])) best = k;
    *y++ = static_cast<int32_t>(best);
  });
}

template <typename F>
Status PrepareExtremes(const Value& x, const Value& y, const AxisRows& rows, F ahead, Step* step) {
  if (x.dtype == DType::kFloat32)
    step->run = [=, &x, &y] { Extremes(rows, x.as<float>(), y.as<int32_t>(), ahead); };
  else if (x.dtype == DType::kInt8)
    step->run = [=, &x, &y] { Extremes(rows, x.as<int8_t>(), y.as<int32_t>(), ahead); };
  else if (x.dtype == DType::kInt32)
    step->run = [=, &x, &y] { Extremes(rows, x.as<int32_t>(), y.as<int32_t>(), ahead); };
  else
    return Bad("the input has another type");
  return Status::Ok();
}

template <typename A, typename F>
Status PrepareArg(const Preparation& p, F better, Step* step) {
  A a;
  AxisRows rows;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeAxisRows(x, a.axis, &rows));
  EDGEC_CHECK(rows.length > 0 && y.dtype == DType::kInt32 && y.count == rows.outer * rows.step, "the output does not fit");
  if (a.selectLast) return PrepareExtremes(x, y, rows, [=](auto v, auto w) { return better(v, w) || v == w; }, step);
  return PrepareExtremes(x, y, rows, better, step);
}

}  // namespace

Status PrepareArgMax(const Preparation& p, Step* step) {
  return PrepareArg<ArgMaxAttrs>(p, [](auto v, auto best) { return v > best; }, step);
}

Status PrepareArgMin(const Preparation& p, Step* step) {
  return PrepareArg<ArgMinAttrs>(p, [](auto v, auto best) { return v < best; }, step);
}

Status PrepareLogSoftmax(const Preparation& p, Step* step) {
  LogSoftmaxAttrs a;
  AxisRows rows;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && x.shape == y.shape, "operands do not fit");
  EDGEC_RETURN_IF_ERROR(MakeAxisRows(x, a.axis, &rows));
  step->run = [=, &x, &y] {
    const float* from = x.as<float>();
    float* to = y.as<float>();
    ForEachAxisRow(rows, [&](size_t first) {
      const size_t end = first + rows.length * rows.step;
      float peak = -INFINITY;
      for (size_t i = first; i < end; i += rows.step) peak = std::max(peak, from[i]);
      double sum = 0;
      for (size_t i = first; i < end; i += rows.step) sum += std::exp(static_cast<double>(a.beta) * (from[i] - peak));
      const double log_sum = std::log(sum);
      for (size_t i = first; i < end; i += rows.step)
        to[i] = static_cast<float>(static_cast<double>(a.beta) * (from[i] - peak) - log_sum);
    });
  };
  return Status::Ok();
}

Status PrepareLRN(const Preparation& p, Step* step) {
  LRNAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && x.shape == y.shape && !x.shape.empty(),
              "operands do not fit");
  EDGEC_CHECK(a.size > 0, "bad size");
  const int64_t channels = x.shape.back(), before = (a.size - 1) / 2;
  step->run = [=, &x, &y] {
    const float* from = x.as<float>();
    float* to = y.as<float>();
    for (size_t row = 0; row < x.count; row += static_cast<size_t>(channels))
      for (int64_t c = 0; c < channels; c++) {
        const int64_t first = std::max<int64_t>(0, c - before), last = std::min(channels - 1, c - before + a.size - 1);
        double sum = 0;
        for (int64_t k = first; k <= last; k++) sum += static_cast<double>(from[row + static_cast<size_t>(k)]) * from[row + static_cast<size_t>(k)];
        const size_t i = row + static_cast<size_t>(c);
        to[i] = static_cast<float>(from[i] / std::pow(a.bias + static_cast<double>(a.alpha) / a.size * sum, static_cast<double>(a.beta)));
      }
  };
  return Status::Ok();
}

}  // namespace edgec
