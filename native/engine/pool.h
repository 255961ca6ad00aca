#ifndef EDGEC_ENGINE_POOL_H_
#define EDGEC_ENGINE_POOL_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace edgec {

// Threads that share the parts of a job with the one that asks. Each has the same share of every job, so that it finds
// what it wrote itself near; who is done takes parts of others. Workers wait for the next job in a loop for a while, then
// sleep. Where one is held up in a part, as on a core that is busy elsewhere, the asking thread works alone for a while.
class Pool {
 public:
  explicit Pool(size_t threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  size_t threads() const { return workers_.size() + 1; }

  // Which thread of its pool the calling one is: 0 for any that asks, then the workers. For scratch of their own.
  static size_t Worker();

  // Calls part(i) for every i below `parts`, of which there are at most kMostParts, and returns when all are done.
  template <typename F>
  void For(size_t parts, const F& part) {
    Run(parts, [](const void* f, size_t i) { (*static_cast<const F*>(f))(i); }, &part);
  }

  static constexpr size_t kMostParts = 0xffff;

 private:
  using Part = void (*)(const void* context, size_t index);

  using Clock = std::chrono::steady_clock;

  void Run(size_t parts, Part part, const void* context);
  void Publish(size_t parts, Part part, const void* context);
  void Wait(size_t parts);
  bool IsAlone();
  bool HasParts() const;
  bool Take(size_t worker, size_t* index);
  void Work(size_t worker);

  // Number of the job, end of a thread's parts, next of them to take: one word, so that no part of a finished job is taken.
  struct alignas(64) Share {
    std::atomic<uint64_t> ticket{0};
  };
  static constexpr uint64_t Ticket(uint64_t job, uint64_t first, uint64_t end) { return job << 32 | end << 16 | first; }

  std::vector<Share> shares_;  // one a thread
  std::atomic<size_t> done_{0};
  std::atomic<size_t> asleep_{0};
  std::atomic<bool> ending_{false};
  bool alone_ = false;
  Clock::time_point alone_until_{};
  Clock::duration pause_{};
  Part part_ = nullptr;  // written before the tickets, read after a part was taken
  const void* context_ = nullptr;
  uint32_t job_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_POOL_H_
