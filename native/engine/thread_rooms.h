#ifndef EDGEC_ENGINE_THREAD_ROOMS_H_
#define EDGEC_ENGINE_THREAD_ROOMS_H_

#include "engine/model.h"
#include "engine/pool.h"

namespace edgec {

// Scratch that each thread of a step has of its own, at a multiple of 64, behind `shared` bytes that all of them use.
class ThreadRooms {
 public:
  ThreadRooms(const Preparation& p, size_t shared, size_t bytes)
      : scratch_(p.scratch), first_(RoundUp(shared + Block::kRoom, 64)), bytes_(RoundUp(bytes, 64)) {
    p.scratch->Need(bytes == 0 ? shared : first_ + bytes_ * (p.pool ? p.pool->threads() : 1));
  }

  // That of the calling thread.
  uint8_t* Mine() const { return scratch_->data() + first_ + Pool::Worker() * bytes_; }

 private:
  const Scratch* scratch_;
  size_t first_, bytes_;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_THREAD_ROOMS_H_
