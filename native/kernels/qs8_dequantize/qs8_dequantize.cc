#include "kernels/qs8_dequantize/qs8_dequantize.h"

#define EDGEC_FUNCTION Qs8Dequantize
#define EDGEC_MANIFEST "kernels/qs8_dequantize/kernels.inc"
#include "kernels/family.inc"
