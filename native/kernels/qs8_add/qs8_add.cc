#include "kernels/qs8_add/qs8_add.h"

#define EDGEC_FUNCTION Qs8Add
#define EDGEC_MANIFEST "kernels/qs8_add/kernels.inc"
#include "kernels/family.inc"
