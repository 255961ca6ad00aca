#include "kernels/f32_softmax/f32_softmax.h"

#define EDGEC_FUNCTION F32Softmax
#define EDGEC_MANIFEST "kernels/f32_softmax/kernels.inc"
#include "kernels/family.inc"
