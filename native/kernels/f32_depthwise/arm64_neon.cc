#include "kernels/f32_depthwise/f32_depthwise.h"

#include <utility>

#if defined(__aarch64__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_depthwise/vectors.inc"
}

void F32Depthwise(const F32DepthwiseArgs& d) { DepthwiseAll(d); }

}  // namespace edgec::arm64_neon
#pragma GCC pop_options
#endif
