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

#include "kernels/qs8_depthwise3x3/x86_avx2_strided.inc"

}  // namespace

void Qs8Depthwise3x3(const Qs8Depthwise3x3Args& d) {
  const Requantizer requantizer(d.requant, d.flip);
  if (d.stride_x == 2 && d.channels >= 8) RunStrided(d, requantizer);
  else RunPaired(d, requantizer);
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
