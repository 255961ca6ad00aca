#include "kernels/f32_max/f32_max.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_max/vectors.inc"
}

void F32Max(const F32MaxArgs& args) { MaxAll(args); }

}  // namespace edgec::arm64_neon
#endif
