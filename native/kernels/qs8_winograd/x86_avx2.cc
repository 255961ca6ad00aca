#include "kernels/qs8_winograd/qs8_winograd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#include <utility>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_winograd/transforms.inc"
#include "kernels/x86_avx2_requant.inc"

// The instructions themselves keep accumulators in registers, unlike gcc 12 with the intrinsics.
inline __attribute__((always_inline)) void AddPair(__m256i& acc, __m256i weights, __m256i pair) {
  __m256i products;
  asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(acc), "=&x"(products) : "x"(weights), "x"(pair));
}

#include "kernels/qs8_winograd/x86_256.inc"
#include "kernels/qs8_winograd/vectors.inc"
}  // namespace

void Qs8Winograd(const Qs8WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
