#include "kernels/qs8_depthwise/qs8_depthwise.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
#include "kernels/x86_avx512.inc"

#include "kernels/x86_avx512_requant.inc"

#include "kernels/qs8_depthwise/x86_vnni.inc"

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
