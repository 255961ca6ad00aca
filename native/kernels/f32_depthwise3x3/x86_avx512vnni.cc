#include "kernels/f32_depthwise3x3/f32_depthwise3x3.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx512vnni {
namespace {
constexpr size_t kWidth = 16;
constexpr size_t kParts = 1;
#include "kernels/vectors.inc"
#include "kernels/f32_depthwise3x3/vectors.inc"
}

void F32Depthwise3x3(const F32Depthwise3x3Args& d) { Depthwise3x3All(d); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
