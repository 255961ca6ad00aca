#include "kernels/qs8_blend/qs8_blend.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_blend/vectors.inc"
}

void Qs8Blend(const Qs8BlendArgs& args) { BlendAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
