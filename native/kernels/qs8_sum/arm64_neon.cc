#include "kernels/qs8_sum/qs8_sum.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {
#include "kernels/arm64_widen.inc"

void SumChannels(const Qs8SumArgs& s, size_t c) {
  int32x4_t sums[4], wide[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) sums[i] = vld1q_s32(s.sums + c + 4 * i);
  for (size_t p = 0; p < s.pixels; p++) {
    Widen(LoadBytes(s.x + p * s.stride + c, s.flip), wide);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) sums[i] = vaddq_s32(sums[i], wide[i]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) vst1q_s32(s.sums + c + 4 * i, sums[i]);
}

}  // namespace

void Qs8Sum(const Qs8SumArgs& s) {
  size_t c = 0;
  for (; c + kLanes <= s.channels; c += kLanes) SumChannels(s, c);
  for (; c < s.channels; c++)
    for (size_t p = 0; p < s.pixels; p++) s.sums[c] += static_cast<int8_t>(s.x[p * s.stride + c] ^ s.flip);
}

}  // namespace edgec::arm64_neon
#endif
