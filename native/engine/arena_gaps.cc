#include "engine/arena_gaps.h"

#include <algorithm>

namespace edgec {

uint8_t* ArenaGaps::Find(size_t bytes) const {
  constexpr size_t kAlignment = 64;
  constexpr size_t kMostVisited = 256;  // so that loading takes no time that is quadratic in values
  const auto aligned = [&](const uint8_t* at) { return (static_cast<size_t>(at - arena_) + kAlignment - 1) / kAlignment * kAlignment; };
  const auto fits = [&](const uint8_t* from, const uint8_t* to) { return aligned(from) + bytes <= static_cast<size_t>(to - arena_); };
  const uint8_t* free = arena_;
  size_t visited = 0;
  for (const auto& [start, end] : taken_) {
    if (fits(free, start)) break;
    free = std::max<const uint8_t*>(free, end);
    if (++visited == kMostVisited) return nullptr;
  }
  return fits(free, end_) ? arena_ + aligned(free) : nullptr;
}

}  // namespace edgec
