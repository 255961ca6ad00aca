#include "kernels/kernels.h"

#if defined(__aarch64__)
namespace edgec::neon {
#include "kernels/portable.inc"

extern const KernelSet kKernels;
const KernelSet kKernels = {"arm64_neon", Qs8Gemm, F32Gemm, Qs8Depthwise, F32Depthwise, Qs8Add};
}  // namespace edgec::neon
#endif
