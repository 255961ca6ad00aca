#include "tests/package_fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>

#include "engine/model.h"
#include "tests/allocations.h"

namespace edgec {
namespace {

constexpr uint32_t kPlanSection = 4;
constexpr size_t kHeaderBytes = 16, kEntryBytes = 64;
constexpr size_t kMaxElements = 1 << 18;
constexpr uint64_t kMemoryBytes = 64 << 20;

uint64_t WordAt(const uint8_t* bytes, size_t size, size_t at, size_t width) {
  uint64_t word = 0;
  if (at + width <= size) std::memcpy(&word, bytes + at, width);
  return word;
}

struct Range {
  size_t first = 0, size = 0;
};

// The first section of a kind, inside the package; empty where there is none.
Range SectionOf(const uint8_t* bytes, size_t size, uint32_t kind) {
  const size_t count = std::min<size_t>(64, WordAt(bytes, size, 8, 4));
  for (size_t entry = kHeaderBytes; entry < kHeaderBytes + count * kEntryBytes; entry += kEntryBytes) {
    if (WordAt(bytes, size, entry, 4) != kind) continue;
    const Range found{WordAt(bytes, size, entry + 16, 8), WordAt(bytes, size, entry + 24, 8)};
    return found.first > size || found.size > size - found.first ? Range{} : found;
  }
  return {};
}

}  // namespace

void PackageMutator::DamageWords(uint8_t* package, size_t size, size_t first, size_t bytes) {
  static constexpr int32_t kTelling[] = {0, 1, -1, 2, 7, 8, 64, 127, 128, -128, 255, 65536, 0x7fffffff, -0x7fffffff - 1};
  if (bytes < 4 || first + bytes > size) return;
  const size_t words = bytes / 4;
  for (size_t k = Below(4) + 1; k > 0; k--) {
    uint8_t* at = package + first + Below(words) * 4;
    int32_t word = kTelling[Below(std::size(kTelling))];
    if (Below(3) == 0) std::memcpy(&word, package + first + Below(words) * 4, 4);
    if (Below(3) == 0) {
      std::memcpy(&word, at, 4);
      word = static_cast<int32_t>(static_cast<uint32_t>(word) + (Below(2) ? 1u : ~0u));
    }
    std::memcpy(at, &word, 4);
  }
}

void PackageMutator::Damage(uint8_t* package, size_t size) {
  const Range range = SectionOf(package, size, Below(4) == 0 ? kPlanSection : kGraphSection);
  DamageWords(package, size, range.first, range.size);
  if (Below(8) == 0) DamageWords(package, size, 0, kHeaderBytes + 4 * kEntryBytes);
}

namespace {

// A fault is told in a string.
void RunWithoutAllocating(Model* model) {
  const size_t before = Allocations();
  const Status status = model->Run();
  if (!status.ok() || Allocations() == before) return;
  std::fprintf(stderr, "a run of");
  for (const Step& step : model->steps()) std::fprintf(stderr, " %s", step.op);
  std::fprintf(stderr, " allocates memory\n");
  std::abort();
}

}  // namespace

Outcome LoadAndRun(const uint8_t* bytes, size_t size, bool stays, Isa isa) {
  const auto owner = std::make_shared<const std::vector<uint8_t>>(bytes, bytes + size);
  const Range plan = SectionOf(bytes, size, kPlanSection);
  std::vector<int32_t> words(plan.size / 4);
  if (!words.empty()) std::memcpy(words.data(), bytes + plan.first, words.size() * 4);
  std::unique_ptr<Model> model;
  try {
    const LoadOptions options{words.data(), words.size(), isa, 1, kMemoryBytes};
    if (!Model::Load({owner->data(), owner->size(), stays ? owner : nullptr}, options, &model).ok()) return Outcome::kRefused;
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
  RunWithoutAllocating(model.get());
  return Outcome::kRan;
}

}  // namespace edgec
