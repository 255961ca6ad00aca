#include "kernels/qs8_sum/qs8_sum.h"

#define EDGEC_FUNCTION Qs8Sum
#define EDGEC_MANIFEST "kernels/qs8_sum/kernels.inc"
#include "kernels/family.inc"
