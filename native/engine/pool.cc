#include "engine/pool.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace edgec {
namespace {

constexpr int kSpins = 20000;

// A part takes less than kHeldUp; after waiting longer the asking thread is alone for a pause, which doubles while it happens
// again soon after.
constexpr int kPatience = 500;  // in rounds of waiting, before the clock is read
constexpr std::chrono::microseconds kHeldUp{300};
constexpr std::chrono::milliseconds kFirstPause{20}, kLastPause{1000};

void Pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

thread_local size_t current_worker = 0;

constexpr bool HasNext(uint64_t ticket) { return (ticket & 0xffff) < (ticket >> 16 & 0xffff); }

}  // namespace

Pool::Pool(size_t threads) : shares_(threads), pause_(kFirstPause) {
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

bool Pool::HasParts() const {
  return std::any_of(shares_.begin(), shares_.end(), [](const Share& share) { return HasNext(share.ticket); });
}

bool Pool::Take(size_t worker, size_t* index) {
  for (size_t i = 0; i < shares_.size(); i++) {
    std::atomic<uint64_t>& next = shares_[(worker + i) % shares_.size()].ticket;
    uint64_t ticket = next.load();
    while (HasNext(ticket))
      if (next.compare_exchange_weak(ticket, ticket + 1)) {
        *index = ticket & 0xffff;
        return true;
      }
  }
  return false;
}

void Pool::Publish(size_t parts, Part part, const void* context) {
  part_ = part;
  context_ = context;
  done_ = 0;
  job_++;
  for (size_t i = 0; i < shares_.size(); i++)
    shares_[i].ticket = Ticket(job_, parts * i / shares_.size(), parts * (i + 1) / shares_.size());
  if (asleep_ > 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    wake_.notify_all();
  }
}

void Pool::Run(size_t parts, Part part, const void* context) {
  if (IsAlone()) {
    for (size_t i = 0; i < parts; i++) part(context, i);
    return;
  }
  Publish(parts, part, context);
  for (size_t index = 0; Take(0, &index); done_++) part(context, index);
  Wait(parts);
}

bool Pool::IsAlone() {
  if (alone_ && Clock::now() >= alone_until_) alone_ = false;
  return alone_;
}

void Pool::Wait(size_t parts) {
  for (int round = 0; done_ != parts && round < kPatience; round++) Pause();
  if (done_ == parts) return;
  const auto begin = Clock::now();
  while (done_ != parts) Pause();
  const auto end = Clock::now();
  if (end - begin < kHeldUp) return;
  const bool again = end - alone_until_ < 4 * pause_;
  pause_ = again ? std::min<Clock::duration>(2 * pause_, kLastPause) : kFirstPause;
  alone_ = true;
  alone_until_ = end + pause_;
}

void Pool::Work(size_t worker) {
  current_worker = worker;
  for (int spins = 0; !ending_; spins++) {
    size_t index = 0;
    if (Take(worker, &index)) {
      part_(context_, index);
      done_++;
      spins = 0;
    } else if (spins < kSpins) {
      Pause();
    } else {
      std::unique_lock<std::mutex> lock(mutex_);
      asleep_++;
      wake_.wait(lock, [this] { return ending_ || HasParts(); });
      asleep_--;
      spins = 0;
    }
  }
}

}  // namespace edgec
