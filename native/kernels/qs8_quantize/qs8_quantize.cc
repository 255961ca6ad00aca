#include "kernels/qs8_quantize/qs8_quantize.h"

#define EDGEC_FUNCTION Qs8Quantize
#define EDGEC_MANIFEST "kernels/qs8_quantize/kernels.inc"
#include "kernels/family.inc"
