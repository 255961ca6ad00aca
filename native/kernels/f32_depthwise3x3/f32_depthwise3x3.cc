#include "kernels/f32_depthwise3x3/f32_depthwise3x3.h"

#define EDGEC_FUNCTION F32Depthwise3x3
#define EDGEC_MANIFEST "kernels/f32_depthwise3x3/kernels.inc"
#include "kernels/family.inc"
