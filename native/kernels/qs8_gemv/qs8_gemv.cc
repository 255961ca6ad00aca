#include "kernels/qs8_gemv/qs8_gemv.h"

#define EDGEC_FUNCTION Qs8Gemv
#define EDGEC_MANIFEST "kernels/qs8_gemv/kernels.inc"
#include "kernels/family.inc"
