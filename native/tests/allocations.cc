#include "tests/allocations.h"

#include <cstdlib>
#include <new>

namespace {

thread_local size_t allocations = 0;

void* Allocate(size_t bytes) noexcept {
  allocations++;
  return std::malloc(bytes > 0 ? bytes : 1);
}

void* AllocateOrThrow(size_t bytes) {
  if (void* at = Allocate(bytes)) return at;
  throw std::bad_alloc();
}

}  // namespace

size_t edgec::Allocations() { return allocations; }

// All of them, since sanitizers replace those that are left, and miss their partners.
void* operator new(size_t bytes) { return AllocateOrThrow(bytes); }
void* operator new[](size_t bytes) { return AllocateOrThrow(bytes); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void operator delete(void* at) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete(void* at, size_t) noexcept { std::free(at); }
void operator delete[](void* at, size_t) noexcept { std::free(at); }
