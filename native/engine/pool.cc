#include "engine/pool.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace edgec {
namespace {

constexpr int kSpins = 5000;

// How many rounds the asking thread waits before it takes what others have not begun.
constexpr int kPatience = 200;

// What sharing may lose before the asking thread works alone: as much as it has won lately, to a limit, and a little more. Then
// it does so for many times what was lost, so that all losses together stay a small share of the time.
constexpr std::chrono::microseconds kAllowance{300}, kMostWon{10000};
constexpr std::chrono::milliseconds kLongestAlone{200};
constexpr int kRecovery = 20;

// Runs from one that is alone to the next, at most: there are twice as many each time.
constexpr size_t kMostBetween = 1024;

void Pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

thread_local size_t current_worker = 0;

constexpr uint64_t Counted(uint64_t job, size_t count) { return job >> 32 << 32 | count; }
constexpr size_t CountOf(uint64_t word) { return word & 0xffffffff; }
// How many jobs a word is behind another.
constexpr int32_t Behind(uint64_t word, uint64_t job) { return static_cast<int32_t>((job >> 32) - (word >> 32)); }

}  // namespace

Pool::Pool(size_t threads) : taken_(threads), done_(threads) {
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

// A word of an earlier job tells that nothing is taken; while something is left of a job, it is not over.
bool Pool::Take(uint64_t job, size_t owner, size_t* index) {
  const size_t first = CountOf(job) * owner / done_.size(), end = CountOf(job) * (owner + 1) / done_.size();
  uint64_t word = taken_[owner].count.load();
  for (;;) {
    const int32_t behind = Behind(word, job);
    const size_t taken = behind > 0 ? 0 : CountOf(word);
    if (behind < 0 || first + taken >= end) return false;
    if (!taken_[owner].count.compare_exchange_weak(word, Counted(job, taken + 1))) continue;
    *index = first + taken;
    return true;
  }
}

// Runs what is left of a thread's share; how many parts it ran.
size_t Pool::RunShare(uint64_t job, size_t owner) {
  size_t count = 0;
  for (size_t index = 0; Take(job, owner, &index); count++) job_.part(job_.context, index);
  return count;
}

uint64_t Pool::Publish(size_t parts, Part part, const void* context) {
  const uint64_t job = Counted(job_.parts.load(std::memory_order_relaxed) + (uint64_t{1} << 32), parts);
  job_.part = part;
  job_.context = context;
  job_.parts.store(job, std::memory_order_release);
  // A worker that falls asleep just now misses the job, which goes on without it.
  if (asleep_.load(std::memory_order_relaxed) > 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    wake_.notify_all();
  }
  return job;
}

void Pool::Run(size_t parts, Part part, const void* context) {
  shares_ = true;
  if (alone_) {
    for (size_t i = 0; i < parts; i++) part(context, i);
    return;
  }
  const uint64_t job = Publish(parts, part, context);
  Wait(job, RunShare(job, 0));
}

void Pool::BeginRun() {
  if (!shares_) return;
  begun_ = Clock::now();
  alone_ = alone_left_ > Clock::duration::zero() || --until_alone_ == 0;
}

void Pool::EndRun() {
  if (!shares_) return;
  const Clock::duration taken = Clock::now() - begun_;
  if (alone_) NoteAlone(taken);
  else if (run_alone_ > Clock::duration::zero()) Judge(run_alone_ - taken);
  alone_ = false;
}

// A run that takes much longer than the last may have been held up.
void Pool::NoteAlone(Clock::duration taken) {
  const bool is_first = run_alone_ == Clock::duration::zero();
  run_alone_ = is_first ? taken : std::min<Clock::duration>(taken, run_alone_ + run_alone_ / 16);
  alone_left_ = std::max<Clock::duration>(alone_left_ - taken, Clock::duration::zero());
  if (until_alone_ == 0) until_alone_ = between_ = std::min(2 * between_, kMostBetween);
}

void Pool::Judge(Clock::duration won) {
  balance_ = std::min<Clock::duration>(balance_ + won, kMostWon);
  if (balance_ > -kAllowance) return;
  alone_left_ = std::min<Clock::duration>(-balance_ * kRecovery, kLongestAlone);
  balance_ = {};
}

bool Pool::AreDone(uint64_t job, size_t others) const {
  size_t count = 0;
  for (size_t i = 1; i < done_.size(); i++) {
    const uint64_t word = done_[i].count.load(std::memory_order_acquire);
    if (Behind(word, job) == 0) count += CountOf(word);
  }
  return count == others;
}

void Pool::Wait(uint64_t job, size_t own) {
  const size_t parts = CountOf(job);
  for (int round = 0; round < kPatience; round++, Pause())
    if (AreDone(job, parts - own)) return;
  for (size_t i = 1; i < threads(); i++) own += RunShare(job, i);
  while (!AreDone(job, parts - own)) Pause();
}

void Pool::Work(size_t worker) {
  current_worker = worker;
  uint64_t seen = 0;
  for (int spins = 0; !ending_; spins++) {
    const uint64_t job = job_.parts.load(std::memory_order_acquire);
    if (job != seen) {
      seen = job;
      size_t count = 0;
      const size_t shares = CountOf(job) > done_.size() ? done_.size() : 1;
      for (size_t i = 0; i < shares; i++) {
        count += RunShare(job, (worker + i) % done_.size());
        done_[worker].count.store(Counted(job, count), std::memory_order_release);
      }
      spins = 0;
    } else if (spins < kSpins) {
      Pause();
    } else {
      std::unique_lock<std::mutex> lock(mutex_);
      asleep_++;
      wake_.wait(lock, [&] { return ending_ || job_.parts != seen; });
      asleep_--;
      spins = 0;
    }
  }
}

}  // namespace edgec
