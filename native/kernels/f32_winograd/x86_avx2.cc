#include "kernels/f32_winograd/f32_winograd.h"

#if defined(__x86_64__)
#include "kernels/f32_gemm/f32_gemm.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx2 {
void F32Gemm(const F32GemmArgs&);

namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/f32_winograd/vectors.inc"
}

void F32Winograd(const F32WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
