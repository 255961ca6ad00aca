#include "engine/peaks.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/peak/peak.h"

namespace edgec {
namespace {

constexpr int kBursts = 40;
constexpr size_t kBurstMacs = size_t{1} << 23;
constexpr size_t kCopiedBytes = size_t{1} << 17;
constexpr int kCopies = 32;

// The highest rate of several bursts, each of which returns how much it did.
template <typename Burst>
double BestRate(Burst burst) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  for (int i = 0; i < kBursts; i++) {
    const auto start = Clock::now();
    const double done = burst();
    best = std::max(best, done / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

double BestMacs(Isa isa, bool is_float) {
  return BestRate([=] {
    size_t done = 0;
    double sum = 0;
    PeakFamily().Best(isa).run({is_float, kBurstMacs, &done, &sum});
    return static_cast<double>(done);
  });
}

double BestBytes() {
  std::vector<uint8_t> from(kCopiedBytes, 1), to(kCopiedBytes);
  return BestRate([&] {
    for (int i = 0; i < kCopies; i++) {
      from[0] = to[kCopiedBytes - 1];  // or a compiler could leave copies out
      std::memcpy(to.data(), from.data(), kCopiedBytes);
    }
    return 2.0 * kCopies * kCopiedBytes;
  });
}

}  // namespace

Peaks MeasurePeaks(Isa isa) { return {BestMacs(isa, false), BestMacs(isa, true), BestBytes()}; }

}  // namespace edgec
