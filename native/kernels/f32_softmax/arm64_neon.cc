#include "kernels/f32_softmax/f32_softmax.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_functions.inc"
#include "kernels/f32_softmax/vectors.inc"
}

void F32Softmax(const F32SoftmaxArgs& args) { SoftmaxAll(args); }

}  // namespace edgec::arm64_neon
#endif
