#include "engine/pool.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace edgec {
namespace {

constexpr int kSpins = 20000;

void Pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

thread_local size_t current_worker = 0;

constexpr bool HasParts(uint64_t ticket) { return (ticket & 0xffff) < (ticket >> 16 & 0xffff); }

}  // namespace

Pool::Pool(size_t threads) {
  for (size_t i = 1; i < threads; i++) workers_.emplace_back([this, i] { Work(i); });
}

size_t Pool::Worker() { return current_worker; }

Pool::~Pool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

bool Pool::Take(size_t* index) {
  uint64_t ticket = ticket_.load();
  while (HasParts(ticket))
    if (ticket_.compare_exchange_weak(ticket, ticket + 1)) {
      *index = ticket & 0xffff;
      return true;
    }
  return false;
}

void Pool::Run(size_t parts, Part part, const void* context) {
  part_ = part;
  context_ = context;
  done_ = 0;
  ticket_ = Ticket(++job_, parts);
  if (asleep_ > 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    wake_.notify_all();
  }
  for (size_t index = 0; Take(&index); done_++) part(context, index);
  while (done_ != parts) Pause();
}

void Pool::Work(size_t worker) {
  current_worker = worker;
  for (int spins = 0; !ending_; spins++) {
    size_t index = 0;
    if (Take(&index)) {
      part_(context_, index);
      done_++;
      spins = 0;
    } else if (spins < kSpins) {
      Pause();
    } else {
      std::unique_lock<std::mutex> lock(mutex_);
      asleep_++;
      wake_.wait(lock, [this] { return ending_ || HasParts(ticket_); });
      asleep_--;
      spins = 0;
    }
  }
}

}  // namespace edgec
