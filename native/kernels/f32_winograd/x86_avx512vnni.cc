#include "kernels/f32_winograd/f32_winograd.h"

#if defined(__x86_64__)
#include "kernels/f32_gemm/f32_gemm.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx512vnni {
void F32Gemm(const F32GemmArgs&);

namespace {
constexpr size_t kWidth = 16;
#include "kernels/vectors.inc"
#include "kernels/f32_winograd/vectors.inc"
}

void F32Winograd(const F32WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
