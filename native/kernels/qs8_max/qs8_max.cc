#include "kernels/qs8_max/qs8_max.h"

#define EDGEC_FUNCTION Qs8Max
#define EDGEC_MANIFEST "kernels/qs8_max/kernels.inc"
#include "kernels/family.inc"
