#include "kernels/qs8_max/qs8_max.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
constexpr size_t kWidth = 16, kRegister = 16;
#include "kernels/vectors.inc"
#include "kernels/qs8_max/vectors.inc"
}

void Qs8Max(const Qs8MaxArgs& args) { MaxAll(args); }

}  // namespace edgec::arm64_neon
#endif
