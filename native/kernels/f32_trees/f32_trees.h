#ifndef EDGEC_KERNELS_F32_TREES_F32_TREES_H_
#define EDGEC_KERNELS_F32_TREES_F32_TREES_H_

#include "kernels/kernel.h"

namespace edgec {

// A row that stands here goes on to next + (x[feature] >= threshold). In a leaf the threshold is NaN and next the leaf
// itself, so that more steps than a branch is long change nothing.
struct TreeNode {
  float threshold;
  uint32_t feature;
  uint32_t next;
  uint32_t leaf;
};

struct Tree {
  uint32_t root;
  uint32_t depth;  // steps after which every row stands in a leaf
};

// leaves[t · rows + r] = the leaf of tree t that row r falls into
struct F32TreesArgs {
  const float* x;
  size_t rows, stride;
  const TreeNode* nodes;
  const Tree* trees;
  size_t tree_count;
  uint32_t* leaves;
};

const Family<F32TreesArgs>& F32TreesFamily();

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_TREES_F32_TREES_H_
