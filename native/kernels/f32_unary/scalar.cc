#include "kernels/f32_unary/f32_unary.h"

#include <cmath>

namespace edgec::scalar {
namespace {

double Apply(F32Function function, double x) {
  switch (function) {
    case F32Function::kExp:
      return std::exp(x);
    case F32Function::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case F32Function::kTanh:
      return std::tanh(x);
    case F32Function::kErf:
      return std::erf(x);
    case F32Function::kGelu:
      return x * (0.5 * std::erfc(-x * std::sqrt(0.5)));
    case F32Function::kGeluTanh:
      return 0.5 * x * (1 + std::tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
  }
  return x;
}

}  // namespace

void F32Unary(const F32UnaryArgs& u) {
  for (size_t i = 0; i < u.count; i++) u.y[i] = static_cast<float>(Apply(u.function, static_cast<double>(u.x[i])));
}

}  // namespace edgec::scalar
