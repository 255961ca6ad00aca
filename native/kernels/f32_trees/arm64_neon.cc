#include "kernels/f32_trees/f32_trees.h"

#if defined(__aarch64__)
namespace edgec::arm64_neon {
namespace {
#include "kernels/f32_trees/lanes.inc"
}

void F32Trees(const F32TreesArgs& f) { WalkAll(f); }

}  // namespace edgec::arm64_neon
#endif
