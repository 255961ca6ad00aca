#ifndef EDGEC_KERNELS_QS8_GEMV_QS8_GEMV_H_
#define EDGEC_KERNELS_QS8_GEMV_QS8_GEMV_H_

#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {

// Qs8Gemm of one row, for instruction sets that multiply it in another way than several. Its segments have up to
// kQs8GemvMostDepth bytes together, and there are no windows.
using Qs8GemvArgs = Qs8GemmArgs;

constexpr size_t kQs8GemvMostDepth = 3 << 13;

const Family<Qs8GemvArgs>& Qs8GemvFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_GEMV_QS8_GEMV_H_
