#include "kernels/qs8_max/qs8_max.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
constexpr size_t kWidth = 16, kRegister = 64;
#include "kernels/vectors.inc"
#include "kernels/qs8_max/vectors.inc"
}

void Qs8Max(const Qs8MaxArgs& args) { MaxAll(args); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
