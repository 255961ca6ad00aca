#include "kernels/qs8_blend/qs8_blend.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/qs8_blend/vectors.inc"
}

void Qs8Blend(const Qs8BlendArgs& args) { BlendAll(args); }

}  // namespace edgec::arm64_neon
#endif
