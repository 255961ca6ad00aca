#include "kernels/qs8_winograd/qs8_winograd.h"

#define EDGEC_FUNCTION Qs8Winograd
#define EDGEC_MANIFEST "kernels/qs8_winograd/kernels.inc"
#include "kernels/family.inc"
