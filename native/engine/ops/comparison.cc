// Binary ops without a fused clamp, comparisons, logic and Where, with broadcasting.
#include <cmath>
#include <cstring>

#include "engine/broadcast.h"
#include "engine/prepare.h"

namespace edgec {
namespace {

// A real as a stored number: integers wrap as in ECMAScript's ToInt32, what is not finite becomes 0.
template <typename T>
T Stored(double v) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<float>(v);
  } else {
    if (!std::isfinite(v)) return 0;
    const double wrapped = std::fmod(std::trunc(v), 4294967296.0);
    return static_cast<T>(static_cast<uint32_t>(static_cast<int64_t>(wrapped)));
  }
}

template <typename T, typename F>
void PrepareSame(const Broadcast& b, const Value& x, const Value& z, const Value& y, F f, Step* step) {
  step->run = [=, &x, &z, &y] { ApplyBinary(b, x.as<T>(), z.as<T>(), y.as<T>(), f); };
}

template <typename T, typename F>
void PrepareTruth(const Broadcast& b, const Value& x, const Value& z, const Value& y, F f, Step* step) {
  step->run = [=, &x, &z, &y] { ApplyBinary(b, x.as<T>(), z.as<T>(), y.as<uint8_t>(), f); };
}

template <typename A>
Status CheckBinary(const Preparation& p, Broadcast* b) {
  A a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_CHECK(p.inputs[0]->dtype == p.inputs[1]->dtype, "operands have different types");
  return MakeBroadcast({p.inputs[0], p.inputs[1]}, *p.outputs[0], b);
}

// `f` works on equal types and gives the same type.
template <typename A, typename F>
Status PrepareArithmetic(const Preparation& p, F f, Step* step) {
  Broadcast b;
  EDGEC_RETURN_IF_ERROR(CheckBinary<A>(p, &b));
  const Value &x = *p.inputs[0], &z = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == y.dtype, "the output has another type");
  if (x.dtype == DType::kFloat32)
    PrepareSame<float>(b, x, z, y, f, step);
  else if (x.dtype == DType::kInt32)
    PrepareSame<int32_t>(b, x, z, y, f, step);
  else if (x.dtype == DType::kInt8)
    PrepareSame<int8_t>(b, x, z, y, f, step);
  else
    return Bad("operands have other types");
  return Status::Ok();
}

template <typename A, typename F>
Status PrepareComparison(const Preparation& p, F f, Step* step) {
  Broadcast b;
  EDGEC_RETURN_IF_ERROR(CheckBinary<A>(p, &b));
  const Value &x = *p.inputs[0], &z = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(y.dtype == DType::kBool, "the output has another type");
  if (x.dtype == DType::kFloat32)
    PrepareTruth<float>(b, x, z, y, f, step);
  else if (x.dtype == DType::kInt32)
    PrepareTruth<int32_t>(b, x, z, y, f, step);
  else if (x.dtype == DType::kInt8)
    PrepareTruth<int8_t>(b, x, z, y, f, step);
  else if (x.dtype == DType::kBool)
    PrepareTruth<uint8_t>(b, x, z, y, f, step);
  else
    return Bad("operands have other types");
  return Status::Ok();
}

template <typename T>
void Select(const Broadcast& b, const Value& c, const Value& x, const Value& z, const Value& y) {
  ForEachRow(b, [&](size_t first, const std::array<int64_t, Broadcast::kOperands>& at) {
    const uint8_t* pc = c.as<uint8_t>() + at[0];
    const T* px = x.as<T>() + at[1];
    const T* pz = z.as<T>() + at[2];
    T* py = y.as<T>() + first;
    for (size_t i = 0; i < b.length; i++) {
      const auto k = static_cast<int64_t>(i);
      py[i] = pc[k * b.steps[0]] ? px[k * b.steps[1]] : pz[k * b.steps[2]];
    }
  });
}

}  // namespace

Status PrepareDiv(const Preparation& p, Step* step) {
  return PrepareArithmetic<DivAttrs>(
      p,
      [](auto a, auto b) {
        using T = decltype(a);
        if constexpr (std::is_same_v<T, float>) return a / b;
        else return Stored<T>(static_cast<double>(a) / static_cast<double>(b));
      },
      step);
}

// What is left of a division; 0 for integers where the divisor is 0.
Status PrepareTruncateMod(const Preparation& p, Step* step) {
  return PrepareArithmetic<TruncateModAttrs>(
      p, [](auto a, auto b) { return Stored<decltype(a)>(std::fmod(static_cast<double>(a), static_cast<double>(b))); }, step);
}

Status PrepareFloorMod(const Preparation& p, Step* step) {
  return PrepareArithmetic<FloorModAttrs>(
      p,
      [](auto a, auto b) {
        const double rest = std::fmod(static_cast<double>(a), static_cast<double>(b));
        const bool turns = rest != 0 && (rest < 0) != (b < 0);
        return Stored<decltype(a)>(turns ? rest + static_cast<double>(b) : rest);
      },
      step);
}

Status PreparePow(const Preparation& p, Step* step) {
  return PrepareArithmetic<PowAttrs>(
      p, [](auto a, auto b) { return Stored<decltype(a)>(std::pow(static_cast<double>(a), static_cast<double>(b))); }, step);
}

Status PrepareMin(const Preparation& p, Step* step) {
  return PrepareArithmetic<MinAttrs>(p, [](auto a, auto b) { return a < b ? a : b; }, step);
}

Status PrepareMax(const Preparation& p, Step* step) {
  return PrepareArithmetic<MaxAttrs>(p, [](auto a, auto b) { return a > b ? a : b; }, step);
}

Status PrepareEqual(const Preparation& p, Step* step) {
  return PrepareComparison<EqualAttrs>(p, [](auto a, auto b) { return static_cast<uint8_t>(a == b); }, step);
}

Status PrepareGreater(const Preparation& p, Step* step) {
  return PrepareComparison<GreaterAttrs>(p, [](auto a, auto b) { return static_cast<uint8_t>(a > b); }, step);
}

Status PrepareLess(const Preparation& p, Step* step) {
  return PrepareComparison<LessAttrs>(p, [](auto a, auto b) { return static_cast<uint8_t>(a < b); }, step);
}

Status PrepareAnd(const Preparation& p, Step* step) {
  return PrepareComparison<AndAttrs>(p, [](auto a, auto b) { return static_cast<uint8_t>(a != 0 && b != 0); }, step);
}

Status PrepareOr(const Preparation& p, Step* step) {
  return PrepareComparison<OrAttrs>(p, [](auto a, auto b) { return static_cast<uint8_t>(a != 0 || b != 0); }, step);
}

Status PrepareNot(const Preparation& p, Step* step) {
  NotAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kBool && y.dtype == DType::kBool && x.shape == y.shape, "operands do not fit");
  step->run = [&x, &y] {
    for (size_t i = 0; i < y.count; i++) y.data[i] = x.data[i] == 0;
  };
  return Status::Ok();
}

Status PrepareWhere(const Preparation& p, Step* step) {
  WhereAttrs attrs;
  EDGEC_CHECK(HasOperands(p, 3) && Decode(p.attrs, &attrs), "bad operands or attributes");
  const Value &c = *p.inputs[0], &x = *p.inputs[1], &z = *p.inputs[2], &y = *p.outputs[0];
  EDGEC_CHECK(c.dtype == DType::kBool && x.dtype == y.dtype && z.dtype == y.dtype, "operands have other types");
  Broadcast b;
  EDGEC_RETURN_IF_ERROR(MakeBroadcast({&c, &x, &z}, y, &b));
  const size_t element_bytes = ElementBytes(y.dtype);
  EDGEC_CHECK(element_bytes == 1 || element_bytes == 4, "operands have other types");
  if (element_bytes == 1)
    step->run = [=, &c, &x, &z, &y] { Select<uint8_t>(b, c, x, z, y); };
  else
    step->run = [=, &c, &x, &z, &y] { Select<uint32_t>(b, c, x, z, y); };
  return Status::Ok();
}

}  // namespace edgec
