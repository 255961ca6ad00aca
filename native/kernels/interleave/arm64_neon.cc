#include "kernels/interleave/interleave.h"

#if defined(__aarch64__)
#include <arm_neon.h>

namespace edgec::arm64_neon {
namespace {
#include "kernels/interleave/pixels.inc"

// Whole vectors of three planes; returns how many pixels that were.
size_t ThreeBytes(const InterleaveArgs& args) {
  size_t p = 0;
  for (; p + 16 <= args.pixels; p += 16) {
    const uint8_t* x = args.x + p;
    vst3q_u8(args.y + 3 * p, {{vld1q_u8(x), vld1q_u8(x + args.plane), vld1q_u8(x + 2 * args.plane)}});
  }
  return p;
}

size_t ThreeWords(const InterleaveArgs& args) {
  size_t p = 0;
  for (; p + 4 <= args.pixels; p += 4) {
    const auto* x = reinterpret_cast<const uint32_t*>(args.x) + p;
    vst3q_u32(reinterpret_cast<uint32_t*>(args.y) + 3 * p, {{vld1q_u32(x), vld1q_u32(x + args.plane), vld1q_u32(x + 2 * args.plane)}});
  }
  return p;
}

}  // namespace

void Interleave(const InterleaveArgs& args) {
  const bool three = args.channels == 3;
  InterleaveFrom(args, !three ? 0 : args.element_bytes == 1 ? ThreeBytes(args) : ThreeWords(args));
}

}  // namespace edgec::arm64_neon
#endif
