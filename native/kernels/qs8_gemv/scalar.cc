#include "kernels/qs8_gemv/qs8_gemv.h"

namespace edgec::scalar {

void Qs8Gemv(const Qs8GemvArgs& g) { Qs8GemmFamily().kernels[0].run(g); }

}  // namespace edgec::scalar
