#include "kernels/kernels.h"

namespace edgec {

namespace scalar {
extern const KernelSet kKernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const KernelSet kKernels;
}
namespace avx512vnni {
extern const KernelSet kKernels;
}
#elif defined(__aarch64__)
namespace neon {
extern const KernelSet kKernels;
}
namespace dotprod {
extern const KernelSet kKernels;
}
#endif

const KernelSet& KernelsFor(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kX86Avx512Vnni) return avx512vnni::kKernels;
  if (isa == Isa::kX86Avx2) return avx2::kKernels;
#elif defined(__aarch64__)
  if (isa == Isa::kArm64Dotprod) return dotprod::kKernels;
  if (isa == Isa::kArm64Neon) return neon::kKernels;
#endif
  (void)isa;
  return scalar::kKernels;
}

}  // namespace edgec
