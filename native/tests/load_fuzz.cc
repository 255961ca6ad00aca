// Loads and runs packages, and damages them at random: nothing may crash. Build with EDGEC_SANITIZE.
// Usage: load_fuzz seed rounds package...   (0 rounds: the packages as they are)
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/package_fuzz.h"

namespace {

std::vector<uint8_t> ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace edgec;
  if (argc < 4) return 2;
  PackageMutator mutator(static_cast<uint32_t>(std::atoi(argv[1])));
  const int rounds = std::atoi(argv[2]);
  size_t outcomes[3] = {};
  const auto run = [&](const std::vector<uint8_t>& package, bool stays, Isa isa) {
    outcomes[static_cast<size_t>(LoadAndRun(package.data(), package.size(), stays, isa))]++;
  };
  const std::vector<Isa> isas = AvailableIsas();
  for (int f = 3; f < argc; f++) {
    const std::vector<uint8_t> original = ReadFile(argv[f]);
    for (Isa isa : isas) run(original, true, isa);
    for (int round = 0; round < rounds; round++) {
      std::vector<uint8_t> package = original;
      mutator.Damage(package.data(), package.size());
      run(package, mutator.Below(2) == 0, isas[mutator.Below(isas.size())]);
    }
  }
  std::printf("refused %zu, too large to run %zu, ran %zu\n", outcomes[0], outcomes[1], outcomes[2]);
}
