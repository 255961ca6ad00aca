#include "kernels/f32_average/f32_average.h"

#define EDGEC_FUNCTION F32Average
#define EDGEC_MANIFEST "kernels/f32_average/kernels.inc"
#include "kernels/family.inc"
