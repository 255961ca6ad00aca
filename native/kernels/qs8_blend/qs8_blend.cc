#include "kernels/qs8_blend/qs8_blend.h"

#define EDGEC_FUNCTION Qs8Blend
#define EDGEC_MANIFEST "kernels/qs8_blend/kernels.inc"
#include "kernels/family.inc"
