#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/x86_avx2_requant.inc"

#include "kernels/qs8_depthwise3x3/x86_avx2_quads.inc"

#include "kernels/qs8_depthwise3x3/x86_avx2_weights.inc"

#include "kernels/qs8_depthwise3x3/x86_avx2_paired.inc"

#include "kernels/qs8_depthwise3x3/x86_avx2_single.inc"

#include "kernels/qs8_depthwise3x3/x86_avx2_strided.inc"

void Run(const Qs8Depthwise3x3Args& d, const Requantizer& requantizer, size_t channel, size_t channels) {
  Block block(d, requantizer, channel, channels);
  if (block.bytes() || d.channels < 8) block.Run();
  else RunSingle(d, requantizer, channel, channels);
}

}  // namespace

void Qs8Depthwise3x3(const Qs8Depthwise3x3Args& d) {
  const Requantizer requantizer(d.requant, d.flip);
  // Neighbouring outputs of strided lines share too little.
  if (d.stride_x == 2 && d.channels >= 8) return RunStrided(d, requantizer);
  const size_t blocks = (d.channels + kMostChannels - 1) / kMostChannels, most = RoundUp((d.channels + blocks - 1) / blocks, 32);
  for (size_t c = 0; c < d.channels; c += most) {
    // The last channels may be done again.
    const size_t first = std::min(c, std::max<size_t>(d.channels, 8) - 8);
    Run(d, requantizer, first, std::min(most, d.channels - first));
  }
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
