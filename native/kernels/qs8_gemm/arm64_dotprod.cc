#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include <algorithm>
#include <utility>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
namespace edgec::arm64_dotprod {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"

constexpr int kMostRows = 4, kRowStep = 1;
#include "kernels/qs8_gemm/rows.inc"

template <int kRows, int kLane>
inline __attribute__((always_inline)) void AddLane(const int8_t* w, const int8x16_t* x, int32x4_t (*acc)[4]) {
#pragma GCC unroll 4
  for (int c = 0; c < 4; c++) {
    const int8x16_t b = vld1q_s8(w + kLane * 64 + c * 16);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; r++) acc[r][c] = vdotq_laneq_s32(acc[r][c], b, x[r], kLane);
  }
}

template <int kRows>
void Tile(const Qs8GemmArgs& g, const uint8_t* a, uint8_t* y, size_t n) {
  int32x4_t acc[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; r++) LoadSums(g.requant.bias + n, acc[r]);
  const int8_t* w = g.weights + n * g.segment_count * g.depth;
  for (size_t s = 0; s < g.segment_count; s++) {
    const auto* at = reinterpret_cast<const int8_t*>(a + g.segments[s]);
    size_t k = 0;
    int8x16_t x[kRows];
    for (; k + 16 <= g.depth; k += 16, w += 256) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; r++) x[r] = vld1q_s8(at + static_cast<size_t>(r) * g.a_stride + k);
      AddLane<kRows, 0>(w, x, acc);
      AddLane<kRows, 1>(w, x, acc);
      AddLane<kRows, 2>(w, x, acc);
      AddLane<kRows, 3>(w, x, acc);
    }
    for (; k < g.depth; k += 4, w += 64) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; r++) {
        int32_t four;
        __builtin_memcpy(&four, at + static_cast<size_t>(r) * g.a_stride + k, 4);
        x[r] = vreinterpretq_s8_s32(vdupq_n_s32(four));
      }
      AddLane<kRows, 0>(w, x, acc);
    }
  }
  StoreRows<kRows>(g, acc, y, n);
}

}  // namespace

void Qs8Gemm(const Qs8GemmArgs& g) { GemmAll(g); }

}  // namespace edgec::arm64_dotprod
#pragma GCC pop_options
#endif
