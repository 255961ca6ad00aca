#include "kernels/qs8_mul/qs8_mul.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/binary.inc"
#include "kernels/qs8_mul/vectors.inc"
}

void Qs8Mul(const Qs8MulArgs& args) { MulAll(args); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
