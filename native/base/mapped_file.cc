#include "base/mapped_file.h"

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace edgec {

bool MappedFile::Works() { return true; }

std::shared_ptr<MappedFile> MappedFile::Open(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || status.st_size <= 0) return nullptr;
  const auto size = static_cast<size_t>(status.st_size);
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
  if (at == MAP_FAILED) return nullptr;
  return std::shared_ptr<MappedFile>(new MappedFile(static_cast<uint8_t*>(at), size));
}

MappedFile::~MappedFile() { munmap(data_ + forgotten_, size_ - forgotten_); }

void MappedFile::Forget(size_t bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t whole = std::min(bytes, size_ - 1) / page * page;
  if (whole > forgotten_ && munmap(data_ + forgotten_, whole - forgotten_) == 0) forgotten_ = whole;
}

}  // namespace edgec
#else
namespace edgec {

bool MappedFile::Works() { return false; }
std::shared_ptr<MappedFile> MappedFile::Open(int) { return nullptr; }
MappedFile::~MappedFile() {}
void MappedFile::Forget(size_t) {}

}  // namespace edgec
#endif
