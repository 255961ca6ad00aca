#include "kernels/qs8_mul/qs8_mul.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
#include "kernels/vectors.inc"
#include "kernels/binary.inc"
#include "kernels/qs8_mul/vectors.inc"
}

void Qs8Mul(const Qs8MulArgs& args) { MulAll(args); }

}  // namespace edgec::arm64_neon
#endif
