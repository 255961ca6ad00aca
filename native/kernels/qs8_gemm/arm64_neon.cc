#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include <algorithm>
#include <utility>

namespace edgec::arm64_neon {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"

constexpr int kMostRows = 4, kRowStep = 1;
#include "kernels/qs8_gemm/rows.inc"

// Two rows of the depth at a time. Their products are widened before they are added: −128 · −128 twice leaves int16.
template <int kRows>
void Tile(const Qs8GemmArgs& g, const uint8_t* a, uint8_t* y, size_t n) {
  int32x4_t acc[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; r++) LoadSums(g.requant.bias + n, acc[r]);
  const int8_t* w = g.weights + n * g.segment_count * g.depth;
  for (size_t s = 0; s < g.segment_count; s++) {
    const uint8_t* at = a + g.segments[s];
    for (size_t k = 0; k < g.depth; k += 2, w += 32) {
      const int8x16_t b0 = vld1q_s8(w), b1 = vld1q_s8(w + 16);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; r++) {
        int16_t pair;
        __builtin_memcpy(&pair, at + static_cast<size_t>(r) * g.a_stride + k, 2);
        const int8x16_t x = vreinterpretq_s8_s16(vdupq_n_s16(pair));
        acc[r][0] = vpadalq_s16(acc[r][0], vmull_s8(vget_low_s8(x), vget_low_s8(b0)));
        acc[r][1] = vpadalq_s16(acc[r][1], vmull_high_s8(x, b0));
        acc[r][2] = vpadalq_s16(acc[r][2], vmull_s8(vget_low_s8(x), vget_low_s8(b1)));
        acc[r][3] = vpadalq_s16(acc[r][3], vmull_high_s8(x, b1));
      }
    }
  }
  StoreRows<kRows>(g, acc, y, n);
}

}  // namespace

void Qs8Gemm(const Qs8GemmArgs& g) { GemmAll(g); }

}  // namespace edgec::arm64_neon
#endif
