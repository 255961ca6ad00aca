#include "kernels/kernels.h"

namespace edgec::scalar {
#include "kernels/portable.inc"

extern const KernelSet kKernels;
const KernelSet kKernels = {"scalar", Qs8Gemm, F32Gemm, Qs8Depthwise, F32Depthwise, Qs8Add};
}  // namespace edgec::scalar
