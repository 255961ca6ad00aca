#ifndef EDGEC_BASE_MAPPED_FILE_H_
#define EDGEC_BASE_MAPPED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>

namespace edgec {

// The bytes of a file as they lie in it: pages are read when they are touched, and shared by all who map the file.
// Writing to them changes a copy of the page. A file that is cut short while it is mapped ends the process with SIGBUS.
class MappedFile {
 public:
  // Null where the file that `descriptor` is open for cannot be mapped. The descriptor can be closed afterwards.
  static std::shared_ptr<MappedFile> Open(int descriptor);
  // Whether this system maps files at all.
  static bool Works();

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // Takes the whole pages of the first `bytes` out of memory; nothing may read them any more.
  void Forget(size_t bytes);

  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  MappedFile(uint8_t* data, size_t size) : data_(data), size_(size) {}

  uint8_t* data_;
  size_t size_, forgotten_ = 0;
};

}  // namespace edgec

#endif  // EDGEC_BASE_MAPPED_FILE_H_
