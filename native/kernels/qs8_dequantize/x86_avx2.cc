#include "kernels/qs8_dequantize/qs8_dequantize.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_dequantize/vectors.inc"
}

void Qs8Dequantize(const Qs8DequantizeArgs& args) { DequantizeAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
