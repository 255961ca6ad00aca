#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

#if defined(EDGEC_AVX_VNNI)
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avxvnni")
namespace edgec::x86_avxvnni {
namespace {
#include "kernels/x86_avxvnni.inc"

#include "kernels/x86_avx2_requant.inc"

#include "kernels/qs8_depthwise3x3/x86_vnni.inc"

}  // namespace edgec::x86_avxvnni
#pragma GCC pop_options
#endif
