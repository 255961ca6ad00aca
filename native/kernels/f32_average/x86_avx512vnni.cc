#include "kernels/f32_average/f32_average.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
constexpr size_t kWidth = 16;
#include "kernels/vectors.inc"
#include "kernels/f32_average/vectors.inc"
}

void F32Average(const F32AverageArgs& args) { AverageAll(args); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
