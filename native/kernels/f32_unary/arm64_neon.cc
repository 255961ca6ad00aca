#include "kernels/f32_unary/f32_unary.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_functions.inc"
#include "kernels/f32_unary/vectors.inc"
}

void F32Unary(const F32UnaryArgs& args) { UnaryAll(args); }

}  // namespace edgec::arm64_neon
#endif
