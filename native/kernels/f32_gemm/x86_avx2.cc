#include "kernels/f32_gemm/f32_gemm.h"

#if defined(__x86_64__)
#include <utility>

#include "kernels/ahead.h"
#include "kernels/f32_gemm/rows.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/f32_gemm/vectors.inc"
}

void F32Gemm(const F32GemmArgs& g) { GemmAll(g); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
