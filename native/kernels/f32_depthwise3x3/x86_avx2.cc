#include "kernels/f32_depthwise3x3/f32_depthwise3x3.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
constexpr size_t kParts = 2;  // a cache line, which neighbours would drive out where pixels are powers of two apart
#include "kernels/vectors.inc"
#include "kernels/f32_depthwise3x3/vectors.inc"
}

void F32Depthwise3x3(const F32Depthwise3x3Args& d) { Depthwise3x3All(d); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
