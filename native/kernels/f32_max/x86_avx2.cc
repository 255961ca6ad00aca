#include "kernels/f32_max/f32_max.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/f32_max/vectors.inc"
}

void F32Max(const F32MaxArgs& args) { MaxAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
