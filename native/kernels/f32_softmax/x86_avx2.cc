#include "kernels/f32_softmax/f32_softmax.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/f32_functions.inc"
#include "kernels/f32_softmax/vectors.inc"
}

void F32Softmax(const F32SoftmaxArgs& args) { SoftmaxAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
