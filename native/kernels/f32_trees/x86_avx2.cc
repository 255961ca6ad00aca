#include "kernels/f32_trees/f32_trees.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/f32_trees/lanes.inc"
}

void F32Trees(const F32TreesArgs& f) { WalkAll(f); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
