#ifndef EDGEC_TESTS_FAMILY_TEST_H_
#define EDGEC_TESTS_FAMILY_TEST_H_

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "kernels/kernel.h"

namespace edgec {

constexpr float kFloatTolerance = 1e-5f;
constexpr int kMostDifferences = 10;

class Draw {
 public:
  explicit Draw(uint32_t seed) : engine_(seed) {}

  int64_t Int(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(engine_); }
  size_t Size(int64_t low, int64_t high) { return static_cast<size_t>(Int(low, high)); }
  bool Coin() { return Int(0, 1) == 1; }
  // Bytes of one of four kinds: random, all lowest, all highest, a mix of both extremes.
  std::vector<int8_t> Bytes(size_t count) {
    const int64_t kind = Int(0, 5);
    std::vector<int8_t> bytes(count);
    for (int8_t& byte : bytes) {
      const int64_t extreme = kind == 1 ? -128 : kind == 2 ? 127 : Coin() ? -128 : 127;
      byte = static_cast<int8_t>(kind == 0 || kind > 3 ? Int(-128, 127) : extreme);
    }
    return bytes;
  }
  std::vector<float> Reals(size_t count, float low = -1, float high = 1) {
    std::vector<float> reals(count);
    for (float& real : reals) real = std::uniform_real_distribution<float>(low, high)(engine_);
    return reals;
  }

 private:
  std::mt19937 engine_;
};

constexpr size_t kGuard = 80;
template <typename T>
std::vector<T> Guarded(size_t count) {
  return std::vector<T>(count + kGuard, T{77});
}

using Bytes = std::vector<uint8_t>;
using Floats = std::vector<float>;

template <typename T>
bool Same(const std::vector<T>& a, const std::vector<T>& b) { return a == b; }
inline bool Same(const Floats& a, const Floats& b) {
  for (size_t i = 0; i < a.size(); i++)
    if (a[i] != b[i] && !(std::fabs(a[i] - b[i]) <= kFloatTolerance * std::fmax(1.0f, std::fabs(b[i])))) return false;
  return true;
}

// Appends to the file that EDGEC_LEDGER names where a variant ran: on the machine that EDGEC_MACHINE names, or by instructions
// that the test emulates there.
inline void Record(const char* variant, bool emulates, int rounds, int differences) {
  const char *path = std::getenv("EDGEC_LEDGER"), *machine = std::getenv("EDGEC_MACHINE");
  std::FILE* ledger = path ? std::fopen(path, "a") : nullptr;
  if (!ledger) return;
  std::fprintf(ledger, "%s%s\t%s\t%d\t%d\n", machine ? machine : "unnamed", emulates ? ", emulated" : "", variant, rounds, differences);
  std::fclose(ledger);
}

// What to run: cases from a seed, and the variants of which instruction sets.
struct Trial {
  uint32_t seed = 1;
  int rounds = 500;
  std::vector<Isa> isas = AvailableIsas();
  bool emulates = false;

  bool Has(Isa isa) const { return std::find(isas.begin(), isas.end(), isa) != isas.end(); }
};

// Runs every variant of a trial on cases and compares it with the scalar one. A Case is drawn from a Draw, runs any kernel of its family
// and prints its shape.
template <typename Case, typename Args>
int TestFamily(const Family<Args>& family, const Trial& trial) {
  int failures = 0;
  for (size_t i = 0; i < family.count; i++) {
    const Kernel<Args>& kernel = family.kernels[i];
    if (!trial.Has(kernel.isa)) continue;
    Draw draw(trial.seed);
    int differences = 0;
    for (int round = 0; round < trial.rounds && differences < kMostDifferences; round++) {
      const Case test(&draw);
      if (Same(test.Run(kernel), test.Run(family.kernels[0]))) continue;
      differences++;
      std::printf("%s differs from scalar at ", kernel.name);
      test.Print();
      std::printf("\n");
    }
    std::printf("%s: %d rounds, %d differences\n", kernel.name, trial.rounds, differences);
    Record(kernel.name, trial.emulates, trial.rounds, differences);
    failures += differences;
  }
  return failures;
}

// Differences of all float families, and of integer matrix products and depthwise convolutions.
int TestFloatFamilies(const Trial& trial);
int TestIntegerProducts(const Trial& trial);

}  // namespace edgec

#endif  // EDGEC_TESTS_FAMILY_TEST_H_
