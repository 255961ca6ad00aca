#include "kernels/qs8_quantize/qs8_quantize.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_quantize/vectors.inc"
}

void Qs8Quantize(const Qs8QuantizeArgs& args) { QuantizeAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
