#include "kernels/f32_trees/f32_trees.h"

#define EDGEC_FUNCTION F32Trees
#define EDGEC_MANIFEST "kernels/f32_trees/kernels.inc"
#include "kernels/family.inc"
