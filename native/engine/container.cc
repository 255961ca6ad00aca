#include "engine/container.h"

#include <cstring>

namespace edgec {
namespace {

constexpr size_t kHeaderBytes = 16, kEntryBytes = 64, kAlignment = 64;
constexpr uint32_t kMagic = 0x43474445, kVersion = 1;

template <typename T>
T Read(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

}  // namespace

Status FindSection(const PackageBytes& package, int32_t kind, Section* section) {
  const uint8_t* file = package.data;
  const size_t size = package.size;
  if (size < kHeaderBytes || Read<uint32_t>(file) != kMagic) return Corrupt("it has no header");
  if (Read<uint32_t>(file + 4) != kVersion) return Status::Error("E_PACKAGE_VERSION", "package of another version");
  const size_t count = Read<uint32_t>(file + 8);
  if (count > (size - kHeaderBytes) / kEntryBytes) return Corrupt("the section table is cut off");
  for (size_t i = 0; i < count; i++) {
    const uint8_t* entry = file + kHeaderBytes + i * kEntryBytes;
    if (Read<int32_t>(entry) != kind) continue;
    const uint64_t offset = Read<uint64_t>(entry + 16), bytes = Read<uint64_t>(entry + 24);
    if (offset > size || bytes > size - offset || offset % kAlignment != 0) return Corrupt("a section lies outside");
    *section = {file + offset, static_cast<size_t>(bytes)};
    return Status::Ok();
  }
  return Corrupt("a section is missing");
}

}  // namespace edgec
