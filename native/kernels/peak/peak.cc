#include "kernels/peak/peak.h"

#define EDGEC_FUNCTION Peak
#define EDGEC_MANIFEST "kernels/peak/kernels.inc"
#include "kernels/family.inc"
