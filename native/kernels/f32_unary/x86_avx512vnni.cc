#include "kernels/f32_unary/f32_unary.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
constexpr size_t kWidth = 16;
#include "kernels/vectors.inc"
#include "kernels/f32_functions.inc"
#include "kernels/f32_unary/vectors.inc"
}

void F32Unary(const F32UnaryArgs& args) { UnaryAll(args); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
