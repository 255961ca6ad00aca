#ifndef EDGEC_ENGINE_STORED_WINDOWS_H_
#define EDGEC_ENGINE_STORED_WINDOWS_H_

#include <vector>

#include "base/status.h"
#include "kernels/qs8_gemm/windows.h"

namespace edgec {

struct Value;

// Whether a constant of this type and shape can be stored as the windows that its panels say.
bool WindowsFit(const Value& value);

// Bytes that windows take in the package, the int32 sum of every column first.
size_t WindowBytes(const Value& value);

// The windows of every 8 columns of a constant, those of a group after those of another, and their offsets, given where the
// runs of a column start in a row. `at` is what is stored, whose weights stay where they are; what else is read of it is
// checked: E_PACKAGE_CORRUPT.
Status ReadWindows(const Value& value, const uint8_t* at, const int32_t* runs, std::vector<int32_t>* offsets, std::vector<Qs8Windows>* windows);

// Writes the elements row-major.
Status UnpackWindows(const Value& value, int8_t* to);

}  // namespace edgec

#endif  // EDGEC_ENGINE_STORED_WINDOWS_H_
