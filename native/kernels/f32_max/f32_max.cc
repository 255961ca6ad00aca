#include "kernels/f32_max/f32_max.h"

#define EDGEC_FUNCTION F32Max
#define EDGEC_MANIFEST "kernels/f32_max/kernels.inc"
#include "kernels/family.inc"
