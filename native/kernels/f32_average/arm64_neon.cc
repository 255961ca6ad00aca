#include "kernels/f32_average/f32_average.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_average/vectors.inc"
}

void F32Average(const F32AverageArgs& args) { AverageAll(args); }

}  // namespace edgec::arm64_neon
#endif
