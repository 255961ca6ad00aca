#include "kernels/qs8_sum/qs8_sum.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_sum/vectors.inc"
}

void Qs8Sum(const Qs8SumArgs& args) { SumAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
