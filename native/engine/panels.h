#ifndef EDGEC_ENGINE_PANELS_H_
#define EDGEC_ENGINE_PANELS_H_

#include <cstddef>
#include <cstdint>

#include "base/status.h"

namespace edgec {

struct Value;

// How a package stores the weights of matrix products that kernels read in place (docs/package-format.md): as
// PackQs8Gemm and PackF32Gemm lay them out, a group after the other, or, without a unit, as so many windows, of `width` columns each, of what is left
// without the zero point. No groups: row-major.
struct Panels {
  int32_t groups = 0, runs = 0, unit = 0, zero_point = 0, windows = 0, width = 0;

  bool are_none() const { return groups == 0; }
  bool are_windows() const { return groups > 0 && unit == 0; }
};

// Whether the columns of a constant fall into the groups of its panels, and each into their runs.
bool MatrixFits(const Value& value);

// Whether a constant of this type and shape can be stored in its panels.
bool PanelsFit(const Value& value);

// Bytes that a constant takes in the package, without what lies beside it.
size_t StoredBytes(const Value& value);

// The int32 sum of every column of a constant in int8 panels, or as windows.
const uint8_t* ColumnSumsOf(const Value& value);

// Writes the elements of a constant in panels row-major. E_PACKAGE_CORRUPT where its windows are not inside it.
Status Unpack(const Value& value, uint8_t* to);

}  // namespace edgec

#endif  // EDGEC_ENGINE_PANELS_H_
