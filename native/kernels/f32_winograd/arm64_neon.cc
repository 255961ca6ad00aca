#include "kernels/f32_winograd/f32_winograd.h"

#if defined(__aarch64__)
#include "kernels/f32_gemm/f32_gemm.h"

#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")
namespace edgec::arm64_neon {
void F32Gemm(const F32GemmArgs&);

namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_winograd/vectors.inc"
}

void F32Winograd(const F32WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::arm64_neon
#pragma GCC pop_options
#endif
