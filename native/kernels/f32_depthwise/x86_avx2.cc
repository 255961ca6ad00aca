#include "kernels/f32_depthwise/f32_depthwise.h"

#include <utility>

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/f32_depthwise/vectors.inc"
}

void F32Depthwise(const F32DepthwiseArgs& d) { DepthwiseAll(d); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
