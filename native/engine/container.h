#ifndef EDGEC_ENGINE_CONTAINER_H_
#define EDGEC_ENGINE_CONTAINER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"

namespace edgec {

// The bytes of a package, aligned to 64. Without an owner they are the caller's and gone after a load.
struct PackageBytes {
  const uint8_t* data = nullptr;
  size_t size = 0;
  std::shared_ptr<const void> owner;
};

struct Section {
  const uint8_t* at = nullptr;
  size_t size = 0;
};

constexpr int32_t kGraphSection = 2, kDataSection = 3;

inline Status Corrupt(const std::string& what) { return Status::Error("E_PACKAGE_CORRUPT", "the package is damaged: " + what); }

// The section of that kind, inside the package.
Status FindSection(const PackageBytes& package, int32_t kind, Section* section);

}  // namespace edgec

#endif  // EDGEC_ENGINE_CONTAINER_H_
