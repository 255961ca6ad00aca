#ifndef EDGEC_ENGINE_STORED_WINDOWS_H_
#define EDGEC_ENGINE_STORED_WINDOWS_H_

#include <vector>

#include "base/status.h"
#include "kernels/qs8_gemm/column_windows.h"
#include "kernels/qs8_gemm/windows.h"

namespace edgec {

struct Value;

// Whether a constant of this type and shape can be stored as the windows that its panels say.
bool WindowsFit(const Value& value);

// Bytes that the weights of windows take in the package, and those of their index: the int32 sum of every column first.
size_t WindowBytes(const Value& value);
size_t WindowIndexBytes(const Value& value);

// The sums of what the windows of each column have for inverted bytes.
const uint8_t* InvertedSumsOf(const Value& value);

// Stored windows, of 8 columns or of single ones, and what they point to. Blocks of a group come after those of another.
struct StoredWindows {
  std::vector<Qs8Windows::Block> blocks;
  std::vector<uint16_t> offsets;
  Qs8Windows windows;
  std::vector<Qs8ColumnWindows::Block> column_blocks;
  std::vector<uint8_t> places;
  Qs8ColumnWindows column_windows;
};

// The windows of a constant, given where the runs of a column start in a row. Their weights stay at `weights`. Their index is
// checked: E_PACKAGE_CORRUPT.
Status ReadWindows(const Value& value, const uint8_t* weights, const int32_t* runs, StoredWindows* stored);

// Writes the elements row-major.
Status UnpackWindows(const Value& value, int8_t* to);

}  // namespace edgec

#endif  // EDGEC_ENGINE_STORED_WINDOWS_H_
