// The entry points of libFuzzer over the loader of packages and the engine (EDGEC_FUZZ). The last byte of an input chooses the
// instruction set and whether its bytes stay, so that packages are corpora as they are.
#include "tests/package_fuzz.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<edgec::Isa> isas = edgec::AvailableIsas();
  const size_t choice = size > 0 ? data[size - 1] : 0;
  edgec::LoadAndRun(data, size, choice & 1, isas[choice / 2 % isas.size()]);
  return 0;
}

// Half of the mutations know the format; those of libFuzzer find what its words mean.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) {
  edgec::PackageMutator mutator(seed);
  if (mutator.Below(2) == 0) return LLVMFuzzerMutate(data, size, max_size);
  mutator.Damage(data, size);
  if (size > 0 && mutator.Below(8) == 0) data[size - 1] = static_cast<uint8_t>(mutator.Below(256));
  return size;
}
