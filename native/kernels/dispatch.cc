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
#endif

// On arm64 the portable kernels compile to NEON by themselves.
const KernelSet& KernelsFor(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kX86Avx512Vnni) return avx512vnni::kKernels;
  if (isa == Isa::kX86Avx2) return avx2::kKernels;
#endif
  (void)isa;
  return scalar::kKernels;
}

}  // namespace edgec
