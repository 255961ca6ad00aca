#include "kernels/qs8_quantize/qs8_quantize.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
#include "kernels/vectors.inc"
#include "kernels/qs8_quantize/vectors.inc"
}

void Qs8Quantize(const Qs8QuantizeArgs& args) { QuantizeAll(args); }

}  // namespace edgec::arm64_neon
#endif
