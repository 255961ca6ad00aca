#ifndef EDGEC_ENGINE_POOL_H_
#define EDGEC_ENGINE_POOL_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace edgec {

// Threads that share the parts of a job with the one that asks. Who is free takes the next part, so that a worker whose
// core is busy elsewhere costs no more than the part it has begun. Workers wait for the next job in a loop for a while,
// then sleep.
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

  void Run(size_t parts, Part part, const void* context);
  bool Take(size_t* index);
  void Work(size_t worker);

  // Number of the job, count of its parts, next part to take: one word, so that no part of a finished job is taken.
  static constexpr uint64_t Ticket(uint64_t job, uint64_t parts) { return job << 32 | parts << 16; }

  std::atomic<uint64_t> ticket_{0};
  std::atomic<size_t> done_{0};
  std::atomic<size_t> asleep_{0};
  std::atomic<bool> ending_{false};
  Part part_ = nullptr;  // written before the ticket, read after a part was taken
  const void* context_ = nullptr;
  uint32_t job_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_POOL_H_
