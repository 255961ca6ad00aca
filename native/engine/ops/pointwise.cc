// Elementwise ops: sums, products, tables, quantisation, functions of one value.
#include <algorithm>
#include <cmath>

#include "engine/prepare.h"

namespace edgec {
namespace {

// Elements of a broadcast operand for each element of the output.
std::shared_ptr<std::vector<uint32_t>> BroadcastIndex(const Value& v, const Value& y) {
  auto index = std::make_shared<std::vector<uint32_t>>(y.count);
  const size_t rank = y.shape.size(), offset = rank - v.shape.size();
  std::vector<size_t> strides(rank, 0), at(rank, 0);
  size_t step = 1;
  for (size_t i = v.shape.size(); i-- > 0; step *= v.dim(static_cast<int>(i)))
    if (v.shape[i] != 1) strides[i + offset] = step;
  size_t from = 0;
  for (uint32_t& entry : *index) {
    entry = static_cast<uint32_t>(from);
    for (size_t axis = rank; axis-- > 0;) {
      from += strides[axis];
      if (++at[axis] < y.dim(static_cast<int>(axis))) break;
      from -= strides[axis] * y.dim(static_cast<int>(axis));
      at[axis] = 0;
    }
  }
  return index;
}

bool Broadcasts(const Value& v, const Value& y) {
  if (v.shape.size() > y.shape.size()) return false;
  const size_t offset = y.shape.size() - v.shape.size();
  for (size_t i = 0; i < v.shape.size(); i++)
    if (v.shape[i] != 1 && v.shape[i] != y.shape[i + offset]) return false;
  return true;
}

// y[i] = f(a[i], b[i]) with broadcasting.
template <typename T, typename F>
Status Binary(const Preparation& p, DType dtype, F f, Step* step) {
  const Value &a = *p.inputs[0], &b = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(a.dtype == dtype && b.dtype == dtype && y.dtype == dtype, "operands have other types");
  EDGEC_CHECK(Broadcasts(a, y) && Broadcasts(b, y), "operands do not broadcast");
  if (a.count == y.count && b.count == y.count) {
    step->run = [=, &a, &b, &y] {
      const T *pa = a.as<T>(), *pb = b.as<T>();
      T* out = y.as<T>();
      for (size_t i = 0; i < y.count; i++) out[i] = f(pa[i], pb[i]);
    };
    return Status::Ok();
  }
  auto ia = BroadcastIndex(a, y), ib = BroadcastIndex(b, y);
  step->run = [=, &a, &b, &y] {
    for (size_t i = 0; i < y.count; i++) y.as<T>()[i] = f(a.as<T>()[(*ia)[i]], b.as<T>()[(*ib)[i]]);
  };
  return Status::Ok();
}

template <typename A, typename F>
Status ClampedBinary(const Preparation& p, F f, Step* step) {
  A a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const float low = a.clampMin, high = a.clampMax;
  return Binary<float>(p, DType::kFloat32, [=](float u, float v) { return std::min(std::max(f(u, v), low), high); }, step);
}

template <typename F>
Status Unary(const Preparation& p, F f, Step* step) {
  EDGEC_CHECK(HasOperands(p, 1), "an operand is missing");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && x.count == y.count, "operands have other types");
  step->run = [=, &x, &y] {
    for (size_t i = 0; i < y.count; i++) y.as<float>()[i] = f(x.as<float>()[i]);
  };
  return Status::Ok();
}

int8_t RequantizeOne(int32_t acc, float multiplier, int32_t zero, int32_t min, int32_t max) {
  const float v = static_cast<float>(acc) * multiplier;
  const float clamped = std::min(std::max(v, static_cast<float>(min - zero)), static_cast<float>(max - zero));
  return static_cast<int8_t>(zero + static_cast<int32_t>(std::nearbyint(clamped)));
}

}  // namespace

Status PrepareAdd(const Preparation& p, Step* step) {
  return ClampedBinary<AddAttrs>(p, [](float a, float b) { return a + b; }, step);
}
Status PrepareSub(const Preparation& p, Step* step) {
  return ClampedBinary<SubAttrs>(p, [](float a, float b) { return a - b; }, step);
}
Status PrepareMul(const Preparation& p, Step* step) {
  return ClampedBinary<MulAttrs>(p, [](float a, float b) { return a * b; }, step);
}

Status PrepareClip(const Preparation& p, Step* step) {
  ClipAttrs a;
  EDGEC_CHECK(Decode(p.attrs, &a), "bad attributes");
  return Unary(p, [low = a.min, high = a.max](float v) { return std::min(std::max(v, low), high); }, step);
}
Status PrepareSigmoid(const Preparation& p, Step* step) {
  return Unary(p, [](float v) { return 1.0f / (1.0f + std::exp(-v)); }, step);
}
Status PrepareTanh(const Preparation& p, Step* step) {
  return Unary(p, [](float v) { return std::tanh(v); }, step);
}

Status PrepareQAdd(const Preparation& p, Step* step) {
  QAddAttrs q;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &q), "bad operands or attributes");
  EDGEC_CHECK(q.shift >= 1 && q.shift <= 30 && std::abs(q.aMultiplier) <= 1 << 21 && std::abs(q.bMultiplier) <= 1 << 21, "bad multipliers");
  const Value &a = *p.inputs[0], &b = *p.inputs[1], &y = *p.outputs[0];
  const auto offset = static_cast<int32_t>((int64_t{1} << (q.shift - 1)) - int64_t{q.aZeroPoint} * q.aMultiplier -
                                           int64_t{q.bZeroPoint} * q.bMultiplier);
  if (a.dtype == DType::kInt8 && b.dtype == DType::kInt8 && y.dtype == DType::kInt8 && a.count == y.count && b.count == y.count) {
    const KernelSet* kernels = p.kernels;
    step->kernel = kernels->isa;
    step->run = [=, &a, &b, &y] {
      kernels->qs8_add({a.as<int8_t>(), b.as<int8_t>(), y.as<int8_t>(), y.count, q.aMultiplier, q.bMultiplier, offset, q.shift,
                        q.outputZeroPoint, q.outputMin, q.outputMax});
    };
    return Status::Ok();
  }
  return Binary<int8_t>(
      p, DType::kInt8,
      [=](int8_t u, int8_t v) {
        const int32_t sum = u * q.aMultiplier + v * q.bMultiplier + offset;
        return static_cast<int8_t>(std::min(std::max(q.outputZeroPoint + (sum >> q.shift), q.outputMin), q.outputMax));
      },
      step);
}

Status PrepareQMul(const Preparation& p, Step* step) {
  QMulAttrs q;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &q), "bad operands or attributes");
  return Binary<int8_t>(
      p, DType::kInt8,
      [=](int8_t u, int8_t v) {
        return RequantizeOne((u - q.aZeroPoint) * (v - q.bZeroPoint), q.multiplier, q.outputZeroPoint, q.outputMin, q.outputMax);
      },
      step);
}

Status PrepareTable(const Preparation& p, Step* step) {
  EDGEC_CHECK(HasOperands(p, 2), "an operand is missing");
  const Value &x = *p.inputs[0], &t = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kInt8 && y.dtype == DType::kInt8 && t.dtype == DType::kInt8 && t.count == 256 && x.count == y.count,
              "operands do not fit");
  step->run = [&x, &t, &y] {
    for (size_t i = 0; i < y.count; i++) y.as<int8_t>()[i] = t.as<int8_t>()[x.as<int8_t>()[i] + 128];
  };
  return Status::Ok();
}

Status PrepareQuantize(const Preparation& p, Step* step) {
  QuantizeAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a) && a.scale.size == 1 && a.zeroPoint.size == 1, "one scale is needed");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kInt8 && x.count == y.count, "operands do not fit");
  const float scale = a.scale[0], inverse = 1.0f / scale;
  const int32_t zero = a.zeroPoint[0];
  const bool reciprocal = a.reciprocal;
  step->run = [=, &x, &y] {
    for (size_t i = 0; i < y.count; i++) {
      const float v = x.as<float>()[i];
      const float scaled = reciprocal ? v * inverse : v / scale;
      const float clamped = std::min(std::max(scaled, static_cast<float>(-128 - zero)), static_cast<float>(127 - zero));
      y.as<int8_t>()[i] = static_cast<int8_t>(scaled != scaled ? zero : zero + static_cast<int32_t>(std::nearbyint(clamped)));
    }
  };
  return Status::Ok();
}

Status PrepareDequantize(const Preparation& p, Step* step) {
  DequantizeAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a) && a.scale.size == 1 && a.zeroPoint.size == 1, "one scale is needed");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kInt8 && y.dtype == DType::kFloat32 && x.count == y.count, "operands do not fit");
  const float scale = a.scale[0];
  const int32_t zero = a.zeroPoint[0];
  step->run = [=, &x, &y] {
    for (size_t i = 0; i < y.count; i++) y.as<float>()[i] = static_cast<float>(x.as<int8_t>()[i] - zero) * scale;
  };
  return Status::Ok();
}

Status PrepareRecode(const Preparation& p, Step* step) {
  EDGEC_CHECK(HasOperands(p, 1), "an operand is missing");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.count == y.count && ElementBytes(x.dtype) == 1 && ElementBytes(y.dtype) == 1, "operands do not fit");
  step->run = [&x, &y] {
    for (size_t i = 0; i < y.count; i++) y.data[i] = x.data[i] ^ 0x80;
  };
  return Status::Ok();
}

}  // namespace edgec
