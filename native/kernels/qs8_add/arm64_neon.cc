#include "kernels/qs8_add/qs8_add.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
#include "kernels/vectors.inc"
#include "kernels/binary.inc"
#include "kernels/qs8_add/vectors.inc"
}

void Qs8Add(const Qs8AddArgs& s) { AddAll(s); }

}  // namespace edgec::arm64_neon
#endif
