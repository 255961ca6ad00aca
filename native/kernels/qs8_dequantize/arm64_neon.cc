#include "kernels/qs8_dequantize/qs8_dequantize.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
#include "kernels/vectors.inc"
#include "kernels/qs8_dequantize/vectors.inc"
}

void Qs8Dequantize(const Qs8DequantizeArgs& args) { DequantizeAll(args); }

}  // namespace edgec::arm64_neon
#endif
