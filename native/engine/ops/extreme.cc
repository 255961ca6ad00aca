// ArgMax, ArgMin, LogSoftmax and LRN: they look along one axis.
#include <algorithm>
#include <cmath>

#include "engine/axis_rows.h"

namespace edgec {
namespace {

struct Wanted {
  bool least, last;  // else the greatest, the first of equals
};

template <typename T>
int32_t Extreme(const T* x, const AxisRows& rows, const Wanted& wanted) {
  size_t best = 0;
  for (size_t k = 1; k < rows.length; k++) {
    const T v = x[k * rows.step], held = x[best * rows.step];
    if ((wanted.least ? v < held : v > held) || (wanted.last && v == held)) best = k;
  }
  return static_cast<int32_t>(best);
}

// Of bytes side by side, first the greatest one, in vectors, then where it is.
int32_t Extreme(const int8_t* x, const AxisRows& rows, const Wanted& wanted) {
  if (rows.step > 1) return Extreme<int8_t>(x, rows, wanted);
  const auto flip = static_cast<int8_t>(wanted.least ? -1 : 0);
  int8_t best = -128;
  for (size_t k = 0; k < rows.length; k++) best = std::max<int8_t>(best, x[k] ^ flip);
  best ^= flip;
  size_t k = wanted.last ? rows.length - 1 : 0;
  while (x[k] != best) wanted.last ? k-- : k++;
  return static_cast<int32_t>(k);
}

template <typename T>
std::function<void()> Extremes(const Value& x, const Value& y, const AxisRows& rows, const Wanted& wanted) {
  return [=, &x, &y] {
    const T* from = x.as<T>();
    auto* to = y.as<int32_t>();
    ForEachAxisRow(rows, [&](size_t first) { *to++ = Extreme(from + first, rows, wanted); });
  };
}

template <typename A>
Status PrepareArg(const Preparation& p, bool least, Step* step) {
  A a;
  AxisRows rows;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeAxisRows(x, a.axis, &rows));
  EDGEC_CHECK(rows.length > 0 && y.dtype == DType::kInt32 && y.count == rows.outer * rows.step, "the output does not fit");
  const Wanted wanted{least, a.selectLast};
  if (x.dtype == DType::kFloat32) step->run = Extremes<float>(x, y, rows, wanted);
  else if (x.dtype == DType::kInt8) step->run = Extremes<int8_t>(x, y, rows, wanted);
  else if (x.dtype == DType::kInt32) step->run = Extremes<int32_t>(x, y, rows, wanted);
  else return Bad("the input has another type");
  return Status::Ok();
}

}  // namespace

Status PrepareArgMax(const Preparation& p, Step* step) {
  return PrepareArg<ArgMaxAttrs>(p, false, step);
}

Status PrepareArgMin(const Preparation& p, Step* step) {
  return PrepareArg<ArgMinAttrs>(p, true, step);
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
