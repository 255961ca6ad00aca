#include "kernels/f32_unary/f32_unary.h"

#define EDGEC_FUNCTION F32Unary
#define EDGEC_MANIFEST "kernels/f32_unary/kernels.inc"
#include "kernels/family.inc"
