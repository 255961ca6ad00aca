// Reductions and softmax.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/int8.h"
#include "engine/prepare.h"
#include "engine/split.h"
#include "kernels/f32_softmax/f32_softmax.h"
#include "kernels/f32_sum/f32_sum.h"
#include "kernels/qs8_sum/qs8_sum.h"

namespace edgec {
namespace {

// Axes that lie side by side: x is `outer` blocks of `length` rows of `inner` elements, the rows are reduced.
struct Block3 {
  size_t outer = 1, length = 1, inner = 1;
};

// In multiply-accumulates: a sum takes some for each of its elements and many to be rounded.
double WorkOf(const Block3& block) { return static_cast<double>(block.inner) * (8 * static_cast<double>(block.length) + 256); }

bool AdjacentAxes(const Value& x, const IntList& axes, Block3* block) {
  if (axes.size == 0) return false;
  for (size_t i = 1; i < axes.size; i++)
    if (axes[i] != axes[i - 1] + 1) return false;
  const auto first = static_cast<size_t>(axes[0]), end = first + axes.size;
  for (size_t i = 0; i < x.shape.size(); i++) (i < first ? block->outer : i < end ? block->length : block->inner) *= x.dim(static_cast<int>(i));
  return true;
}

// How the elements of x fall into those of y: by axis its length and its stride in y, 0 where it is reduced.
struct Reduction {
  size_t rank = 0;
  std::array<size_t, 8> lengths{}, strides{};
};

Status MakeReduction(const Value& x, const Value& y, const IntList& axes, Reduction* r) {
  r->rank = x.shape.size();
  std::array<bool, 8> reduced{};
  for (size_t i = 0; i < axes.size; i++) {
    EDGEC_CHECK(axes[i] >= 0 && static_cast<size_t>(axes[i]) < r->rank, "bad axis");
    reduced[static_cast<size_t>(axes[i])] = true;
  }
  size_t count = 1;
  for (size_t i = r->rank; i-- > 0;) {
    r->lengths[i] = x.dim(static_cast<int>(i));
    if (reduced[i]) continue;
    r->strides[i] = count;
    count *= r->lengths[i];
  }
  EDGEC_CHECK(count == y.count && y.count > 0, "the output does not fit");
  return Status::Ok();
}

// Calls f(index in x, index in y) for every element of x, in order.
template <typename F>
void ForEachElement(const Reduction& r, size_t count, F f) {
  const size_t inner = r.rank == 0 ? 1 : r.lengths[r.rank - 1], step = r.rank == 0 ? 0 : r.strides[r.rank - 1];
  std::array<size_t, 8> at{};
  size_t to = 0;
  for (size_t i = 0; i < count;) {
    for (size_t k = 0; k < inner; k++) f(i++, to + k * step);
    for (size_t axis = r.rank; axis-- > 1;) {
      to += r.strides[axis - 1];
      if (++at[axis - 1] < r.lengths[axis - 1]) break;
      to -= r.strides[axis - 1] * r.lengths[axis - 1];
      at[axis - 1] = 0;
    }
  }
}

// A sum as a stored number: integers wrap.
template <typename T>
T StoredSum(double v) {
  if constexpr (std::is_same_v<T, float>) return static_cast<float>(v);
  else return std::isfinite(v) ? static_cast<T>(static_cast<uint32_t>(static_cast<int64_t>(std::fmod(std::trunc(v), 4294967296.0)))) : T{};
}

template <typename T, typename F>
void Reduce(const Value& x, const Value& y, const Reduction& reduction, double* sums, double start, double divisor, F f) {
  std::fill_n(sums, y.count, start);
  const T* from = x.as<T>();
  ForEachElement(reduction, x.count, [&](size_t i, size_t to) { sums[to] = f(sums[to], static_cast<double>(from[i])); });
  for (size_t i = 0; i < y.count; i++) y.as<T>()[i] = StoredSum<T>(sums[i] / divisor);
}

template <typename A, typename F>
Status PrepareReduce(const Preparation& p, double start, bool mean, F f, Step* step) {
  A a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == y.dtype, "operands have other types");
  Reduction reduction;
  EDGEC_RETURN_IF_ERROR(MakeReduction(x, y, a.axes, &reduction));
  p.scratch->Need(y.count * sizeof(double));
  const auto sums = [scratch = p.scratch] { return reinterpret_cast<double*>(scratch->data()); };
  const double divisor = mean ? static_cast<double>(x.count) / static_cast<double>(y.count) : 1;
  if (x.dtype == DType::kFloat32)
    step->run = [=, &x, &y] { Reduce<float>(x, y, reduction, sums(), start, divisor, f); };
  else if (x.dtype == DType::kInt8)
    step->run = [=, &x, &y] { Reduce<int8_t>(x, y, reduction, sums(), start, divisor, f); };
  else if (x.dtype == DType::kInt32)
    step->run = [=, &x, &y] { Reduce<int32_t>(x, y, reduction, sums(), start, divisor, f); };
  else
    return Bad("operands have other types");
  return Status::Ok();
}

// Sums and means; those of float over adjacent axes by a kernel.
template <typename A>
Status PrepareSum(const Preparation& p, bool mean, Step* step) {
  EDGEC_RETURN_IF_ERROR(PrepareReduce<A>(p, 0, mean, [](double a, double b) { return a + b; }, step));
  A a;
  Block3 block;
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  if (!Decode(p.attrs, &a) || x.dtype != DType::kFloat32 || !AdjacentAxes(x, a.axes, &block)) return Status::Ok();
  const auto& kernel = F32SumFamily().Best(p.isa);
  const double divisor = mean ? static_cast<double>(block.length) : 1;
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    auto* sums = reinterpret_cast<double*>(scratch->data());
    for (size_t o = 0; o < block.outer; o++)
      SplitElements(pool, block.inner, WorkOf(block), [&](size_t first, size_t end) {
        std::fill(sums + first, sums + end, 0.0);
        run({x.as<float>() + o * block.length * block.inner + first, block.length, block.inner, end - first, sums + first});
        float* to = y.as<float>() + o * block.inner;
        for (size_t i = first; i < end; i++) to[i] = static_cast<float>(sums[i] / divisor);
      });
  };
  return Status::Ok();
}

}  // namespace

Status PrepareReduceMean(const Preparation& p, Step* step) { return PrepareSum<ReduceMeanAttrs>(p, true, step); }
Status PrepareReduceSum(const Preparation& p, Step* step) { return PrepareSum<ReduceSumAttrs>(p, false, step); }
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
  EDGEC_CHECK(x.dtype == DType::kInt8 && y.dtype == DType::kInt8, "operands have other types");
  EDGEC_CHECK(y.count > 0 && x.count / y.count < (1u << 23), "a sum may overflow");
  EDGEC_CHECK(IsInt8(a.inputZeroPoint) && IsOutputRange(a.outputZeroPoint, a.outputMin, a.outputMax), "bad zero point or bounds");
  p.scratch->Need(y.count * sizeof(int32_t));
  const auto finish = [=, &y](const int32_t* sums, size_t first, size_t end) {
    // Copies, which stores of bytes cannot change.
    const QReduceMeanAttrs of = a;
    uint8_t* to = y.data;
    const uint8_t flip = y.flip();
    for (size_t i = first; i < end; i++)
      to[i] = static_cast<uint8_t>(RequantizeSum(sums[i], of.multiplier, of.outputZeroPoint, of.outputMin, of.outputMax)) ^ flip;
  };
  Reduction reduction;
  EDGEC_RETURN_IF_ERROR(MakeReduction(x, y, a.axes, &reduction));
  Block3 block;
  if (!AdjacentAxes(x, a.axes, &block)) {
    step->run = [=, scratch = p.scratch, &x, &y] {
      auto* sums = reinterpret_cast<int32_t*>(scratch->data());
      std::fill_n(sums, y.count, 0);
      ForEachElement(reduction, x.count, [&](size_t i, size_t to) { sums[to] += static_cast<int8_t>(x.data[i] ^ x.flip()) - a.inputZeroPoint; });
      finish(sums, 0, y.count);
    };
    return Status::Ok();
  }
  const auto& kernel = Qs8SumFamily().Best(p.isa);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    auto* sums = reinterpret_cast<int32_t*>(scratch->data());
    std::fill_n(sums, y.count, -static_cast<int32_t>(block.length) * a.inputZeroPoint);
    for (size_t o = 0; o < block.outer; o++)
      SplitElements(pool, block.inner, WorkOf(block), [&](size_t first, size_t end) {
        const size_t at = o * block.inner;
        run({x.data + at * block.length + first, block.length, block.inner, end - first, x.flip(), sums + at + first});
        finish(sums, at + first, at + end);
      });
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
  if (stride == 1 && a.beta > 0 && length >= kLanes) {
    const auto& kernel = F32SoftmaxFamily().Best(p.isa);
    step->kernel = kernel.name;
    step->run = [=, run = kernel.run, &x, &y] { run({x.as<float>(), outer, length, a.beta, y.as<float>()}); };
    return Status::Ok();
  }
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
      const uint8_t* from = x.data + first;
      uint8_t* to = y.data + first;
      const auto at = [&](size_t k) { return static_cast<int32_t>(static_cast<int8_t>(from[k] ^ x.flip())); };
      int32_t peak = at(0);
      for (size_t k = 1; k < length; k++) peak = std::max(peak, at(k));
      uint64_t sum = 0;
      for (size_t k = 0; k < length; k++) sum += table[peak - at(k)];
      for (size_t k = 0; k < length; k++) {
        const uint64_t v = (uint64_t{table[peak - at(k)]} * 256 + sum / 2) / std::max<uint64_t>(1, sum);
        to[k] = static_cast<uint8_t>(std::min<uint64_t>(v, 255)) ^ 0x80 ^ y.flip();
      }
    }
  };
  return Status::Ok();
}

}  // namespace edgec
