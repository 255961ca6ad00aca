#include "kernels/qs8_winograd/qs8_winograd.h"

#if defined(EDGEC_AVX_VNNI)
#include <immintrin.h>

#include <cstring>
#include <utility>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avxvnni")
namespace edgec::x86_avxvnni {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_winograd/transforms.inc"
#include "kernels/x86_avx2_requant.inc"

// The instructions themselves keep accumulators in registers, unlike gcc 12 with the intrinsics.
inline __attribute__((always_inline)) void AddPair(__m256i& acc, __m256i weights, __m256i pair) {
  asm("%{vex%} vpdpwssd %2, %1, %0" : "+x"(acc) : "x"(pair), "x"(weights));
}

#include "kernels/qs8_winograd/x86_256.inc"
#include "kernels/qs8_winograd/vectors.inc"
}  // namespace

void Qs8Winograd(const Qs8WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::x86_avxvnni
#pragma GCC pop_options
#endif
