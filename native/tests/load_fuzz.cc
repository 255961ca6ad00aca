// Damages packages and plans at random, loads and runs them: nothing may crash. Build with EDGEC_SANITIZE.
// Usage: load_fuzz seed rounds package...
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <new>
#include <random>
#include <stdexcept>

#include "engine/model.h"

namespace edgec {
namespace {

constexpr uint32_t kPlanSection = 4;
constexpr size_t kMaxElements = 1 << 22;

std::vector<uint8_t> ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

uint64_t WordAt(const std::vector<uint8_t>& bytes, size_t at, size_t size) {
  uint64_t word = 0;
  if (at + size <= bytes.size()) std::memcpy(&word, bytes.data() + at, size);
  return word;
}

struct Range {
  size_t first = 0, size = 0;
};

Range SectionOf(const std::vector<uint8_t>& package, uint32_t kind) {
  for (size_t i = 0; i < WordAt(package, 8, 4); i++) {
    const size_t entry = 16 + i * 64;
    if (WordAt(package, entry, 4) == kind) return {WordAt(package, entry + 16, 8), WordAt(package, entry + 24, 8)};
  }
  return {};
}

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : engine_(seed) {}
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(engine_); }

  // Changes a few words of a section to small, extreme or copied numbers.
  void Damage(std::vector<uint8_t>* package, Range range) {
    static constexpr int32_t kTelling[] = {0, 1, -1, 2, 7, 8, 64, 127, 128, -128, 255, 65536, 0x7fffffff, -0x7fffffff - 1};
    if (range.size < 4 || range.first + range.size > package->size()) return;
    const size_t words = range.size / 4;
    for (size_t k = Below(4) + 1; k > 0; k--) {
      uint8_t* at = package->data() + range.first + Below(words) * 4;
      int32_t word = kTelling[Below(std::size(kTelling))];
      if (Below(3) == 0) std::memcpy(&word, package->data() + range.first + Below(words) * 4, 4);
      if (Below(3) == 0) {
        std::memcpy(&word, at, 4);
        word = static_cast<int32_t>(static_cast<uint32_t>(word) + (Below(2) ? 1u : ~0u));
      }
      std::memcpy(at, &word, 4);
    }
  }

 private:
  std::mt19937 engine_;
};

enum class Outcome { kRefused, kTooLarge, kRan };

// Loads from bytes that stay, as those of a mapped file, or from bytes that go.
Outcome LoadAndRun(const std::vector<uint8_t>& bytes, bool stays, Isa isa) {
  const auto owner = std::make_shared<const std::vector<uint8_t>>(bytes);
  const std::vector<uint8_t>& package = *owner;
  const Range plan = SectionOf(package, kPlanSection);
  if (plan.first > package.size() || plan.size > package.size() - plan.first) return Outcome::kRefused;
  std::vector<int32_t> words(plan.size / 4);
  if (!words.empty()) std::memcpy(words.data(), package.data() + plan.first, words.size() * 4);
  std::unique_ptr<Model> model;
  try {
    const LoadOptions options{words.data(), words.size(), isa, 1};
    if (!Model::Load({package.data(), package.size(), stays ? owner : nullptr}, options, &model).ok()) return Outcome::kRefused;
  } catch (const std::bad_alloc&) {
    return Outcome::kTooLarge;
  } catch (const std::length_error&) {
    return Outcome::kTooLarge;
  }
  size_t elements = 0;
  for (const Value& value : model->values()) elements += value.count;
  if (elements > kMaxElements) return Outcome::kTooLarge;
  for (const Value* input : model->inputs())
    for (size_t i = 0; i < input->bytes(); i++) input->data[i] = static_cast<uint8_t>(i * 37);
  model->Run();
  return Outcome::kRan;
}

}  // namespace
}  // namespace edgec

int main(int argc, char** argv) {
  using namespace edgec;
  if (argc < 4) return 2;
  Mutator mutator(static_cast<uint32_t>(std::atoi(argv[1])));
  const std::vector<Isa> isas = AvailableIsas();
  size_t outcomes[3] = {};
  for (int f = 3; f < argc; f++) {
    const std::vector<uint8_t> original = ReadFile(argv[f]);
    for (int round = std::atoi(argv[2]); round > 0; round--) {
      std::vector<uint8_t> package = original;
      mutator.Damage(&package, SectionOf(original, mutator.Below(4) == 0 ? kPlanSection : 2));
      if (mutator.Below(8) == 0) mutator.Damage(&package, {0, 16 + 4 * 64});
      outcomes[static_cast<size_t>(LoadAndRun(package, mutator.Below(2) == 0, isas[mutator.Below(isas.size())]))]++;
    }
  }
  std::printf("refused %zu, too large to run %zu, ran %zu\n", outcomes[0], outcomes[1], outcomes[2]);
}
