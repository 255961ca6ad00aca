#include "kernels/peak/peak.h"

namespace edgec::scalar {
namespace {

template <typename T>
struct One {
  using Vector = T;
  static constexpr size_t kMacs = 1;
  static T Step(T sum) {
    static volatile T one = 1;  // read anew each time, or the compiler would multiply the count
    return sum + one * one;
  }
  static double Sum(T sum) { return static_cast<double>(sum); }
};
using Ints = One<int32_t>;
using Floats = One<float>;

#include "kernels/peak/chains.inc"

}  // namespace edgec::scalar
