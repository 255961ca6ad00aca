// Real functions of every element. In int8 they are tables.
#include <algorithm>
#include <cmath>

#include "engine/prepare.h"
#include "engine/split.h"
#include "kernels/f32_unary/f32_unary.h"

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

constexpr size_t kBlock = 1024;           // elements that are shared as one
constexpr double kMacsOfAFunction = 32;  // what can be multiplied while a function is taken once

Status PrepareFunction(const Preparation& p, F32Function function, Step* step) {
  EDGEC_CHECK(HasOperands(p, 1), "an operand is missing");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kFloat32, "only float has this op");
  EDGEC_CHECK(x.shape == y.shape, "the output does not fit");
  const auto& kernel = F32UnaryFamily().Best(p.isa);
  const size_t blocks = (y.count + kBlock - 1) / kBlock;
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, pool = p.pool, &x, &y] {
    Split(pool, blocks, static_cast<double>(y.count) * kMacsOfAFunction, [&](size_t first, size_t end) {
      const size_t from = first * kBlock, count = std::min(y.count, end * kBlock) - from;
      run({function, x.as<float>() + from, count, y.as<float>() + from});
    });
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
EDGEC_UNARY(Log, std::log(x))
EDGEC_UNARY(Floor, std::floor(x))
EDGEC_UNARY(Ceil, std::ceil(x))
EDGEC_UNARY(Round, std::nearbyint(x))
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
EDGEC_UNARY(LeakyRelu, std::max(x, 0.0f) + a.alpha * std::min(x, 0.0f))
EDGEC_UNARY(HardSigmoid, std::max(0.0f, std::min(1.0f, a.alpha * x + a.beta)))
EDGEC_UNARY(Elu, x < 0 ? a.alpha * std::expm1(x) : x)
EDGEC_UNARY(Probit, Probit(x))

#undef EDGEC_UNARY

Status PrepareExp(const Preparation& p, Step* step) { return PrepareFunction(p, F32Function::kExp, step); }
Status PrepareErf(const Preparation& p, Step* step) { return PrepareFunction(p, F32Function::kErf, step); }
Status PrepareSigmoid(const Preparation& p, Step* step) { return PrepareFunction(p, F32Function::kSigmoid, step); }
Status PrepareTanh(const Preparation& p, Step* step) { return PrepareFunction(p, F32Function::kTanh, step); }
Status PrepareGelu(const Preparation& p, Step* step) {
  GeluAttrs a;
  EDGEC_CHECK(Decode(p.attrs, &a), "bad attributes");
  const bool exact = a.approximate == GeluAttrs::Approximate::kNone;
  return PrepareFunction(p, exact ? F32Function::kGelu : F32Function::kGeluTanh, step);
}

}  // namespace edgec
