#include "kernels/f32_sum/f32_sum.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_sum/vectors.inc"
}

void F32Sum(const F32SumArgs& args) { SumAll(args); }

}  // namespace edgec::arm64_neon
#endif
