#include "kernels/f32_average/f32_average.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/f32_average/vectors.inc"
}

void F32Average(const F32AverageArgs& args) { AverageAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
