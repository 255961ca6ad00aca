#include "kernels/f32_trees/f32_trees.h"

namespace edgec::scalar {

void F32Trees(const F32TreesArgs& f) {
  for (size_t t = 0; t < f.tree_count; t++)
    for (size_t r = 0; r < f.rows; r++) {
      const float* x = f.x + r * f.stride;
      uint32_t at = f.trees[t].root;
      for (uint32_t step = 0; step < f.trees[t].depth; step++) at = f.nodes[at].next + (x[f.nodes[at].feature] >= f.nodes[at].threshold);
      f.leaves[t * f.rows + r] = f.nodes[at].leaf;
    }
}

}  // namespace edgec::scalar
