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
// what it wrote itself near; what a thread has not begun when others are done is taken from it. Workers wait for the next
// job in a loop for a while, then sleep. Where sharing takes longer than the asking thread would need alone, as beside a core
// that is busy elsewhere, it works alone for a while.
class Pool {
 public:
  explicit Pool(size_t threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  size_t threads() const { return workers_.size() + 1; }

  // Which thread of its pool the calling one is: 0 for any that asks, then the workers. For scratch of their own.
  static size_t Worker();

  // Around all the jobs of a run of a model, whose time tells whether sharing pays. A few runs are alone, to know what that takes.
  void BeginRun();
  void EndRun();

  // Calls part(i) for every i below `parts`, of which there are at most kMostParts, and returns when all are done.
  template <typename F>
  void For(size_t parts, const F& part) {
    Run(parts, [](const void* f, size_t i) { (*static_cast<const F*>(f))(i); }, &part);
  }

  static constexpr size_t kMostParts = 0xffff;

 private:
  using Part = void (*)(const void* context, size_t index);

  using Clock = std::chrono::steady_clock;

  // Number of the job and its parts, or how many of these: one word, so that none is mistaken for another job's.
  using Count = std::atomic<uint64_t>;

  // Each on a line of its own: no thread touches that of another while both have work.
  struct alignas(64) Job {
    Count parts{0};
    Part part = nullptr;  // written before the count, read once a part is taken
    const void* context = nullptr;
  };
  struct alignas(64) Line {
    Count count{0};
  };

  void Run(size_t parts, Part part, const void* context);
  uint64_t Publish(size_t parts, Part part, const void* context);
  size_t RunShare(uint64_t job, size_t owner);
  bool Take(uint64_t job, size_t owner, size_t* index);
  bool AreDone(uint64_t job, size_t others) const;
  void Wait(uint64_t job, size_t own);
  void NoteAlone(Clock::duration taken);
  void Judge(Clock::duration won);
  void Work(size_t worker);

  Job job_;
  std::vector<Line> taken_, done_;  // parts taken of each thread's share; parts that each worker has done
  std::atomic<size_t> asleep_{0};
  std::atomic<bool> ending_{false};
  bool shares_ = false;  // whether there was a job: small models have none
  bool alone_ = false;   // in this run
  Clock::time_point begun_{};
  Clock::duration run_alone_{};             // what a run takes alone, once known
  size_t between_ = 2, until_alone_ = 2;    // runs from one alone to the next; to the next one
  Clock::duration balance_{};               // time that sharing has won lately
  Clock::duration alone_left_{};            // time of runs to work alone
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_POOL_H_
