#ifndef EDGEC_TESTS_PACKAGE_FUZZ_H_
#define EDGEC_TESTS_PACKAGE_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "base/cpu.h"

namespace edgec {

// Changes words of packages to small, extreme or copied numbers.
class PackageMutator {
 public:
  explicit PackageMutator(uint32_t seed) : engine_(seed) {}
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(engine_); }
  // Damages a few words of the graph or of a plan, and now and then of the table of sections.
  void Damage(uint8_t* package, size_t size);

 private:
  void DamageWords(uint8_t* package, size_t size, size_t first, size_t bytes);

  std::mt19937 engine_;
};

enum class Outcome { kRefused, kTooLarge, kRan };

// Loads a package by its first plan and runs it once: from bytes that stay, as those of a mapped file, or that go. Ends the
// process where the run allocates memory.
Outcome LoadAndRun(const uint8_t* bytes, size_t size, bool stays, Isa isa);

}  // namespace edgec

#endif  // EDGEC_TESTS_PACKAGE_FUZZ_H_
