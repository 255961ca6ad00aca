#include "kernels/f32_depthwise3x3/f32_depthwise3x3.h"

#if defined(__aarch64__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
constexpr size_t kParts = 1;
#include "kernels/vectors.inc"
#include "kernels/f32_depthwise3x3/vectors.inc"
}

void F32Depthwise3x3(const F32Depthwise3x3Args& d) { Depthwise3x3All(d); }

}  // namespace edgec::arm64_neon
#pragma GCC pop_options
#endif
