#include "kernels/qs8_mul/qs8_mul.h"

#define EDGEC_FUNCTION Qs8Mul
#define EDGEC_MANIFEST "kernels/qs8_mul/kernels.inc"
#include "kernels/family.inc"
