#ifndef EDGEC_BASE_STATUS_H_
#define EDGEC_BASE_STATUS_H_

#include <string>
#include <utility>

namespace edgec {

// The outcome of a call that can fail; `code` is one of the project's error codes.
struct Status {
  const char* code = nullptr;
  std::string message;

  bool ok() const { return code == nullptr; }
  static Status Ok() { return {}; }
  static Status Error(const char* code, std::string message) { return {code, std::move(message)}; }
  static Status TooLarge() { return Error("E_LIMIT_EXCEEDED", "the model takes more memory than the limit allows"); }
  static Status OutOfMemory() { return Error("E_LIMIT_EXCEEDED", "the model needs more memory than there is"); }
};

#define EDGEC_RETURN_IF_ERROR(expression)       \
  do {                                          \
    ::edgec::Status status_ = (expression);     \
    if (!status_.ok()) return status_;          \
  } while (0)

}  // namespace edgec

#endif  // EDGEC_BASE_STATUS_H_
