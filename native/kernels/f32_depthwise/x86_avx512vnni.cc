#include "kernels/f32_depthwise/f32_depthwise.h"

#include <utility>

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx512vnni {
namespace {
constexpr size_t kWidth = 16;
#include "kernels/vectors.inc"
#include "kernels/f32_depthwise/vectors.inc"
}

void F32Depthwise(const F32DepthwiseArgs& d) { DepthwiseAll(d); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
