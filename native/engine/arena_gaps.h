#ifndef EDGEC_ENGINE_ARENA_GAPS_H_
#define EDGEC_ENGINE_ARENA_GAPS_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

namespace edgec {

// What values leave free of an arena.
class ArenaGaps {
 public:
  ArenaGaps(uint8_t* arena, size_t bytes) : arena_(arena), end_(arena + bytes) {}

  void Take(uint8_t* at, size_t bytes) { taken_.insert({at, at + bytes}); }
  void Leave(uint8_t* at, size_t bytes) { taken_.erase(taken_.find({at, at + bytes})); }

  // The lowest place of so many bytes, at a multiple of 64 from the start. Null where none is found.
  uint8_t* Find(size_t bytes) const;

 private:
  uint8_t *arena_, *end_;
  std::multiset<std::pair<uint8_t*, uint8_t*>> taken_;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_ARENA_GAPS_H_
