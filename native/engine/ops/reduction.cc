// Pools, reductions and softmax.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/prepare.h"
#include "engine/int8.h"

namespace edgec {
namespace {

struct Span {
  int64_t first, last, padded;
};

template <typename A>
int64_t DilationOf(const A& a, int axis) {
  if constexpr (std::is_same_v<A, MaxPool2dAttrs>) return a.dilations[static_cast<size_t>(axis)];
  else return 1;
}

// The indices of the input that one window covers: from `first` to below `last` in steps of the dilation.
template <typename A>
Span SpanOf(size_t out, int axis, const A& a, size_t size) {
  const auto whole = static_cast<int64_t>(size);
  const int64_t dilation = DilationOf(a, axis);
  const int64_t start = static_cast<int64_t>(out) * a.strides[axis] - a.pads[axis];
  const int64_t end = std::min(start + dilation * (a.kernel[axis] - 1) + 1, whole + a.pads[axis + 2]);
  const int64_t first = start >= 0 ? start : start + (dilation - 1 - start) / dilation * dilation;
  return {first, std::max(first, std::min(end, whole)), end - start};
}

template <typename A>
Status CheckPool(const Preparation& p, const A& a, DType dtype) {
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, dtype, 4) && Is(y, dtype, 4) && x.dim(0) == y.dim(0) && x.dim(3) == y.dim(3), "operands do not fit");
  constexpr int32_t kMaxWindow = 1 << 16;
  for (int32_t size : {a.strides[0], a.strides[1], a.kernel[0], a.kernel[1]}) EDGEC_CHECK(size > 0 && size <= kMaxWindow, "bad window");
  for (int32_t pad : a.pads) EDGEC_CHECK(pad >= 0 && pad <= kMaxWindow, "bad pads");
  return Status::Ok();
}

// Calls `pixel(rows, columns, x of the image, y of the pixel)` for every output pixel.
template <typename T, typename A, typename F>
void ForPixels(const Value& x, const Value& y, const A& a, F pixel) {
  T* out = y.as<T>();
  for (size_t b = 0; b < y.dim(0); b++)
    for (size_t oy = 0; oy < y.dim(1); oy++)
      for (size_t ox = 0; ox < y.dim(2); ox++, out += y.dim(3))
        pixel(SpanOf(oy, 0, a, x.dim(1)), SpanOf(ox, 1, a, x.dim(2)), x.as<T>() + b * x.dim(1) * x.dim(2) * x.dim(3), out);
}

template <typename T>
void MaxPool(const Value& x, const Value& y, const MaxPool2dAttrs& a, T lowest, T low, T high) {
  const size_t width = x.dim(2), channels = x.dim(3);
  ForPixels<T>(x, y, a, [&](Span rows, Span columns, const T* image, T* out) {
    std::fill_n(out, channels, lowest);
    for (int64_t iy = rows.first; iy < rows.last; iy += a.dilations[0])
      for (int64_t ix = columns.first; ix < columns.last; ix += a.dilations[1]) {
        const T* from = image + (static_cast<size_t>(iy) * width + static_cast<size_t>(ix)) * channels;
        for (size_t c = 0; c < channels; c++) out[c] = std::max(out[c], from[c]);
      }
    for (size_t c = 0; c < channels; c++) out[c] = std::min(std::max(out[c], low), high);
  });
}

// For every element of x, the element of y that it is summed into.
Status ReduceIndex(const Value& x, const Value& y, const IntList& axes, std::vector<uint32_t>* index) {
  std::vector<bool> reduced(x.shape.size(), false);
  for (size_t i = 0; i < axes.size; i++) {
    EDGEC_CHECK(axes[i] >= 0 && static_cast<size_t>(axes[i]) < x.shape.size(), "bad axis");
    reduced[static_cast<size_t>(axes[i])] = true;
  }
  std::vector<size_t> strides(x.shape.size(), 0), at(x.shape.size(), 0);
  size_t count = 1;
  for (size_t i = x.shape.size(); i-- > 0;)
    if (!reduced[i]) {
      strides[i] = count;
      count *= x.dim(static_cast<int>(i));
    }
  EDGEC_CHECK(count == y.count && y.count > 0, "the output does not fit");
  index->resize(x.count);
  size_t to = 0;
  for (uint32_t& entry : *index) {
    entry = static_cast<uint32_t>(to);
    for (size_t axis = x.shape.size(); axis-- > 0;) {
      to += strides[axis];
      if (++at[axis] < x.dim(static_cast<int>(axis))) break;
      to -= strides[axis] * x.dim(static_cast<int>(axis));
      at[axis] = 0;
    }
  }
  return Status::Ok();
}

}  // namespace

Status PrepareMaxPool2d(const Preparation& p, Step* step) {
  MaxPool2dAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(a.dilations[0] > 0 && a.dilations[1] > 0, "bad dilations");
  EDGEC_RETURN_IF_ERROR(CheckPool(p, a, x.dtype));
  EDGEC_CHECK(x.dtype == DType::kInt8 || x.dtype == DType::kFloat32, "operands have other types");
  if (x.dtype == DType::kInt8)
    step->run = [=, &x, &y] { MaxPool<int8_t>(x, y, a, -128, -128, 127); };
  else
    step->run = [=, &x, &y] { MaxPool<float>(x, y, a, -std::numeric_limits<float>::infinity(), a.clampMin, a.clampMax); };
  return Status::Ok();
}

Status PrepareAveragePool2d(const Preparation& p, Step* step) {
  AveragePool2dAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(CheckPool(p, a, DType::kFloat32));
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  step->run = [=, &x, &y] {
    const size_t width = x.dim(2), channels = x.dim(3);
    ForPixels<float>(x, y, a, [&](Span rows, Span columns, const float* image, float* out) {
      const int64_t inside = (rows.last - rows.first) * (columns.last - columns.first);
      const auto divisor = static_cast<float>(std::max<int64_t>(1, a.countIncludePad ? rows.padded * columns.padded : inside));
      for (size_t c = 0; c < channels; c++) {
        double sum = 0;
        for (int64_t iy = rows.first; iy < rows.last; iy++)
          for (int64_t ix = columns.first; ix < columns.last; ix++)
            sum += image[(static_cast<size_t>(iy) * width + static_cast<size_t>(ix)) * channels + c];
        out[c] = std::min(std::max(static_cast<float>(sum / divisor), a.clampMin), a.clampMax);
      }
    });
  };
  return Status::Ok();
}

Status PrepareQAveragePool2d(const Preparation& p, Step* step) {
  QAveragePool2dAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(CheckPool(p, a, DType::kInt8));
  EDGEC_CHECK(IsInt8(a.inputZeroPoint) && IsOutputRange(0, a.outputMin, a.outputMax), "bad zero point or bounds");
  EDGEC_CHECK(a.rawOffset >= -128 && a.rawOffset <= 128, "bad rawOffset");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  auto sums = std::make_shared<std::vector<int64_t>>(x.dim(3));
  step->run = [=, &x, &y] {
    const size_t width = x.dim(2), channels = x.dim(3);
    ForPixels<int8_t>(x, y, a, [&](Span rows, Span columns, const int8_t* image, int8_t* out) {
      const int64_t inside = (rows.last - rows.first) * (columns.last - columns.first);
      const int64_t divisor = std::max<int64_t>(1, a.countIncludePad ? rows.padded * columns.padded : inside);
      std::fill(sums->begin(), sums->end(), (divisor - inside) * a.inputZeroPoint + divisor * a.rawOffset);
      for (int64_t iy = rows.first; iy < rows.last; iy++)
        for (int64_t ix = columns.first; ix < columns.last; ix++) {
          const int8_t* from = image + (static_cast<size_t>(iy) * width + static_cast<size_t>(ix)) * channels;
          for (size_t c = 0; c < channels; c++) (*sums)[c] += from[c];
        }
      for (size_t c = 0; c < channels; c++) {
        const int64_t s = (*sums)[c];
        const int64_t v = (s > 0 ? s + divisor / 2 : s - divisor / 2) / divisor - a.rawOffset;
        out[c] = static_cast<int8_t>(std::min<int64_t>(std::max<int64_t>(v, a.outputMin), a.outputMax));
      }
    });
  };
  return Status::Ok();
}

namespace {

// A sum as a stored number: integers wrap.
template <typename T>
T StoredSum(double v) {
  if constexpr (std::is_same_v<T, float>) return static_cast<float>(v);
  else return std::isfinite(v) ? static_cast<T>(static_cast<uint32_t>(static_cast<int64_t>(std::fmod(std::trunc(v), 4294967296.0)))) : T{};
}

template <typename T, typename F>
void Reduce(const Value& x, const Value& y, const uint32_t* index, std::vector<double>* sums, double start, double divisor, F f) {
  std::fill(sums->begin(), sums->end(), start);
  const T* from = x.as<T>();
  for (size_t i = 0; i < x.count; i++) (*sums)[index[i]] = f((*sums)[index[i]], static_cast<double>(from[i]));
  for (size_t i = 0; i < y.count; i++) y.as<T>()[i] = StoredSum<T>((*sums)[i] / divisor);
}

template <typename A, typename F>
Status PrepareReduce(const Preparation& p, double start, bool mean, F f, Step* step) {
  A a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == y.dtype, "operands have other types");
  auto index = std::make_shared<std::vector<uint32_t>>();
  EDGEC_RETURN_IF_ERROR(ReduceIndex(x, y, a.axes, index.get()));
  auto sums = std::make_shared<std::vector<double>>(y.count);
  const double divisor = mean ? static_cast<double>(x.count) / static_cast<double>(y.count) : 1;
  if (x.dtype == DType::kFloat32)
    step->run = [=, &x, &y] { Reduce<float>(x, y, index->data(), sums.get(), start, divisor, f); };
  else if (x.dtype == DType::kInt8)
    step->run = [=, &x, &y] { Reduce<int8_t>(x, y, index->data(), sums.get(), start, divisor, f); };
  else if (x.dtype == DType::kInt32)
    step->run = [=, &x, &y] { Reduce<int32_t>(x, y, index->data(), sums.get(), start, divisor, f); };
  else
    return Bad("operands have other types");
  return Status::Ok();
}

double Sum(double a, double b) { return a + b; }

}  // namespace

Status PrepareReduceMean(const Preparation& p, Step* step) {
  return PrepareReduce<ReduceMeanAttrs>(p, 0, true, Sum, step);
}
Status PrepareReduceSum(const Preparation& p, Step* step) { return PrepareReduce<ReduceSumAttrs>(p, 0, false, Sum, step); }
Status PrepareReduceMax(const Preparation& p, Step* step) {
  return PrepareReduce<ReduceMaxAttrs>(
      p, -INFINITY, false, [](double a, double b) { return a != a || a > b ? a : b; }, step);
}
Status PrepareReduceMin(const Preparation& p, Step* step) {
  return PrepareReduce<ReduceMinAttrs>(
      p, INFINITY, false, [](double a, double b) { return a != a || a < b ? a : b; }, step);
}
Status PrepareReduceProd(const Preparation& p, Step* step) {
  return PrepareReduce<ReduceProdAttrs>(p, 1, false, [](double a, double b) { return a * b; }, step);
}

Status PrepareQReduceMean(const Preparation& p, Step* step) {
  QReduceMeanAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kInt8 && y.dtype == DType::kInt8 && x.count < (1u << 23), "operands have other types");
  EDGEC_CHECK(IsInt8(a.inputZeroPoint) && IsOutputRange(a.outputZeroPoint, a.outputMin, a.outputMax), "bad zero point or bounds");
  auto index = std::make_shared<std::vector<uint32_t>>();
  EDGEC_RETURN_IF_ERROR(ReduceIndex(x, y, a.axes, index.get()));
  auto sums = std::make_shared<std::vector<int32_t>>(y.count);
  step->run = [=, &x, &y] {
    std::fill(sums->begin(), sums->end(), 0);
    for (size_t i = 0; i < x.count; i++) (*sums)[(*index)[i]] += x.as<int8_t>()[i] - a.inputZeroPoint;
    for (size_t i = 0; i < y.count; i++)
      y.as<int8_t>()[i] = RequantizeSum((*sums)[i], a.multiplier, a.outputZeroPoint, a.outputMin, a.outputMax);
  };
  return Status::Ok();
}

Status PrepareSoftmax(const Preparation& p, Step* step) {
  SoftmaxAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && x.count == y.count, "operands have other types");
  EDGEC_CHECK(a.axis >= 0 && static_cast<size_t>(a.axis) < x.shape.size() && x.count > 0, "bad axis");
  size_t stride = 1;
  for (size_t i = static_cast<size_t>(a.axis) + 1; i < x.shape.size(); i++) stride *= x.dim(static_cast<int>(i));
  const size_t length = x.dim(a.axis), outer = x.count / length / stride;
  step->run = [=, &x, &y] {
    for (size_t o = 0; o < outer; o++)
      for (size_t s = 0; s < stride; s++) {
        const float* from = x.as<float>() + o * length * stride + s;
        float* to = y.as<float>() + o * length * stride + s;
        float peak = from[0];
        for (size_t k = 1; k < length; k++) peak = std::max(peak, from[k * stride]);
        double sum = 0;
        for (size_t k = 0; k < length; k++) sum += to[k * stride] = std::exp(a.beta * (from[k * stride] - peak));
        for (size_t k = 0; k < length; k++) to[k * stride] = static_cast<float>(to[k * stride] / sum);
      }
  };
  return Status::Ok();
}

Status PrepareQSoftmax(const Preparation& p, Step* step) {
  EDGEC_CHECK(HasOperands(p, 2), "an operand is missing");
  const Value &x = *p.inputs[0], &e = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kInt8 && y.dtype == DType::kInt8 && x.count == y.count && !x.shape.empty() && x.count > 0,
              "operands do not fit");
  EDGEC_CHECK(e.dtype == DType::kInt32 && e.count == 256, "256 exponentials are needed");
  const size_t length = x.dim(-1);
  step->run = [=, &x, &e, &y] {
    const uint32_t* table = e.as<uint32_t>();
    for (size_t first = 0; first < x.count; first += length) {
      const int8_t* from = x.as<int8_t>() + first;
      int8_t* to = y.as<int8_t>() + first;
      const int32_t peak = *std::max_element(from, from + length);
      uint64_t sum = 0;
      for (size_t k = 0; k < length; k++) sum += table[peak - from[k]];
      for (size_t k = 0; k < length; k++) {
        const uint64_t v = (uint64_t{table[peak - from[k]]} * 256 + sum / 2) / std::max<uint64_t>(1, sum);
        to[k] = static_cast<int8_t>(static_cast<int32_t>(std::min<uint64_t>(v, 255)) - 128);
      }
    }
  };
  return Status::Ok();
}

}  // namespace edgec
