#include "kernels/f32_sum/f32_sum.h"

#define EDGEC_FUNCTION F32Sum
#define EDGEC_MANIFEST "kernels/f32_sum/kernels.inc"
#include "kernels/family.inc"
