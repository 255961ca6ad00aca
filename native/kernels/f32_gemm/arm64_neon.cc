#include "kernels/f32_gemm/f32_gemm.h"

#if defined(__aarch64__)
#include <utility>

#include "kernels/ahead.h"
#include "kernels/f32_gemm/rows.h"

#pragma GCC push_options
#pragma GCC optimize("fp-contract=fast")
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/f32_gemm/vectors.inc"
}

void F32Gemm(const F32GemmArgs& g) { GemmAll(g); }

}  // namespace edgec::arm64_neon
#pragma GCC pop_options
#endif
