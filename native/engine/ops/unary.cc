// Real functions of every element. In int8 they are tables.
#include <algorithm>
#include <cmath>

#include "engine/prepare.h"

namespace edgec {
namespace {

template <typename A, typename F>
Status PrepareUnary(const Preparation& p, F make, Step* step) {
  A a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kFloat32, "only float has this op");
  EDGEC_CHECK(x.shape == y.shape, "the output does not fit");
  const auto f = make(a);
  step->run = [f, &x, &y] {
    const float* from = x.as<float>();
    float* to = y.as<float>();
    for (size_t i = 0; i < y.count; i++) to[i] = f(from[i]);
  };
  return Status::Ok();
}

// Winitzki's approximation in the steps of the op's definition: it cancels where 2x − 1 is small.
float Probit(float x) {
  constexpr float a = 0.147f, shift = 2 / (3.14159265f * a), slope = 1 / a, root2 = 1.41421356f;
  const float z = 2 * x - 1;
  const float log = std::log((1 - z) * (1 + z)), half = shift + 0.5f * log;
  const float magnitude = std::sqrt(std::sqrt(half * half - slope * log) - half);
  return root2 * (z < 0 ? -magnitude : magnitude);
}

}  // namespace

#define EDGEC_UNARY(name, expression)                                                             \
  Status Prepare##name(const Preparation& p, Step* step) {                                        \
    return PrepareUnary<name##Attrs>(                                                             \
        p, [](const name##Attrs& a) { (void)a; return [=](float x) -> float { return expression; }; }, step); \
  }

EDGEC_UNARY(Neg, -x)
EDGEC_UNARY(Abs, std::fabs(x))
EDGEC_UNARY(Sqrt, std::sqrt(x))
EDGEC_UNARY(Rsqrt, 1 / std::sqrt(x))
EDGEC_UNARY(Reciprocal, 1 / x)
EDGEC_UNARY(Exp, std::exp(x))
EDGEC_UNARY(Log, std::log(x))
EDGEC_UNARY(Floor, std::floor(x))
EDGEC_UNARY(Ceil, std::ceil(x))
EDGEC_UNARY(Round, std::nearbyint(x))
EDGEC_UNARY(Erf, std::erf(x))
EDGEC_UNARY(Sin, std::sin(x))
EDGEC_UNARY(Cos, std::cos(x))
EDGEC_UNARY(Tan, std::tan(x))
EDGEC_UNARY(Asin, std::asin(x))
EDGEC_UNARY(Acos, std::acos(x))
EDGEC_UNARY(Atan, std::atan(x))
EDGEC_UNARY(Sinh, std::sinh(x))
EDGEC_UNARY(Cosh, std::cosh(x))
EDGEC_UNARY(Asinh, std::asinh(x))
EDGEC_UNARY(Acosh, std::acosh(x))
EDGEC_UNARY(Atanh, std::atanh(x))
EDGEC_UNARY(Sign, x > 0 ? 1.0f : x < 0 ? -1.0f : x)
EDGEC_UNARY(HardSwish, x * std::max(0.0f, std::min(6.0f, x + 3)) / 6)
EDGEC_UNARY(Softplus, std::max(x, 0.0f) + std::log1p(std::exp(-std::fabs(x))))
EDGEC_UNARY(LeakyRelu, x < 0 ? x * a.alpha : x)
EDGEC_UNARY(HardSigmoid, std::max(0.0f, std::min(1.0f, a.alpha * x + a.beta)))
EDGEC_UNARY(Elu, x < 0 ? a.alpha * std::expm1(x) : x)
EDGEC_UNARY(Probit, Probit(x))

#undef EDGEC_UNARY

Status PrepareGelu(const Preparation& p, Step* step) {
  return PrepareUnary<GeluAttrs>(
      p,
      [](const GeluAttrs& a) {
        const bool exact = a.approximate == GeluAttrs::Approximate::kNone;
        return [exact](float v) {
          const double x = v;
          const double phi = exact ? std::erf(x * 0.70710678118654752) : std::tanh(0.79788456080286536 * (x + 0.044715 * x * x * x));
          return static_cast<float>(0.5 * x * (1 + phi));
        };
      },
      step);
}

}  // namespace edgec
