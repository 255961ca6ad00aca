#include "kernels/kernels.h"

#if defined(__aarch64__)
#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
namespace edgec::dotprod {
#include "kernels/portable.inc"

extern const KernelSet kKernels;
const KernelSet kKernels = {"arm64_dotprod", Qs8Gemm, F32Gemm, Qs8Depthwise, F32Depthwise, Qs8Add};
}  // namespace edgec::dotprod
#pragma GCC pop_options
#endif
