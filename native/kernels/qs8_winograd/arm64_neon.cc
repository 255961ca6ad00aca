#include "kernels/qs8_winograd/qs8_winograd.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include <utility>

namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 4;
#include "kernels/vectors.inc"
#include "kernels/qs8_winograd/transforms.inc"
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"

constexpr int kMostRows = 4;
using Stored = int8_t;

// Of each 8 columns those of the even channel, then those of the odd one.
inline __attribute__((always_inline)) U16s Weights(const int8_t* w, size_t at) {
  const int8x8x2_t both = vld2_s8(w + at / 16 * 16);
  return reinterpret_cast<U16s>(vmovl_s8(at % 16 == 0 ? both.val[0] : both.val[1]));
}

template <int kRows>
void Tile(const uint16_t* v, size_t stride, const uint16_t* u, size_t pairs, bool adds, uint32_t* sums) {
  int32x4_t acc[kRows][4];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) acc[r][i] = adds ? Load<int32x4_t>(sums + (r * 4 + i) * 4) : vdupq_n_s32(0);
  for (size_t k = 0; k < pairs; k++, v += 2, u += 2 * kLanes) {
    int16x8_t even[2], odd[2];
#pragma GCC unroll 2
    for (int h = 0; h < 2; h++) {
      even[h] = Load<int16x8_t>(u + h * 16);
      odd[h] = Load<int16x8_t>(u + h * 16 + 8);
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; r++) {
      int32_t two;
      __builtin_memcpy(&two, v + static_cast<size_t>(r) * stride, sizeof(two));
      const int16x4_t pair = vreinterpret_s16_s32(vdup_n_s32(two));
#pragma GCC unroll 2
      for (int h = 0; h < 2; h++) {
        int32x4_t &low = acc[r][2 * h], &high = acc[r][2 * h + 1];
        low = vmlal_lane_s16(vmlal_lane_s16(low, vget_low_s16(even[h]), pair, 0), vget_low_s16(odd[h]), pair, 1);
        high = vmlal_high_lane_s16(vmlal_high_lane_s16(high, even[h], pair, 0), odd[h], pair, 1);
      }
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) Store(sums + (r * 4 + i) * 4, acc[r][i]);
}

template <int kMost>
inline __attribute__((always_inline)) void StorePixels(const Qs8WinogradArgs& g, const U32s (*acc)[kVectors], size_t count, size_t n, uint8_t* y) {
  const Requant q = g.requant;  // a copy, which no store of a result can change
  const size_t left = g.columns - n, stride = g.y_stride;
  const uint8_t flip = g.flip;
  for (size_t j = 0; j < count; j++) StoreSums(reinterpret_cast<const int32x4_t*>(acc[j]), q, n, flip, y + j * stride, left);
}

#include "kernels/qs8_winograd/vectors.inc"
}  // namespace

void Qs8Winograd(const Qs8WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::arm64_neon
#endif
