#include "tests/allocations.h"

#include <cstdlib>
#include <new>

namespace {
thread_local size_t allocations = 0;
}  // namespace

size_t edgec::Allocations() { return allocations; }

void* operator new(size_t bytes) {
  allocations++;
  if (void* at = std::malloc(bytes > 0 ? bytes : 1)) return at;
  throw std::bad_alloc();
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete(void* at, size_t) noexcept { std::free(at); }
