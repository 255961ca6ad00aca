#include "kernels/qs8_blend/qs8_blend.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
constexpr size_t kWidth = 16;
#include "kernels/vectors.inc"
#include "kernels/qs8_blend/vectors.inc"
}

void Qs8Blend(const Qs8BlendArgs& args) { BlendAll(args); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
