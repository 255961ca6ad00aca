#include "kernels/f32_sum/f32_sum.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/f32_sum/vectors.inc"
}

void F32Sum(const F32SumArgs& args) { SumAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
