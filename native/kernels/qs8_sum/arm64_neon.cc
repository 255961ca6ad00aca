#include "kernels/qs8_sum/qs8_sum.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
#include "kernels/vectors.inc"
#include "kernels/qs8_sum/vectors.inc"
}

void Qs8Sum(const Qs8SumArgs& args) { SumAll(args); }

}  // namespace edgec::arm64_neon
#endif
