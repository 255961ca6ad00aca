#include "kernels/f32_depthwise/f32_depthwise.h"

#define EDGEC_FUNCTION F32Depthwise
#define EDGEC_MANIFEST "kernels/f32_depthwise/kernels.inc"
#include "kernels/family.inc"
