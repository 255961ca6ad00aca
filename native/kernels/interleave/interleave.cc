#include "kernels/interleave/interleave.h"

#define EDGEC_FUNCTION Interleave
#define EDGEC_MANIFEST "kernels/interleave/kernels.inc"
#include "kernels/family.inc"
