#include "kernels/f32_winograd/f32_winograd.h"

#define EDGEC_FUNCTION F32Winograd
#define EDGEC_MANIFEST "kernels/f32_winograd/kernels.inc"
#include "kernels/family.inc"
