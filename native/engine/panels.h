#ifndef EDGEC_ENGINE_PANELS_H_
#define EDGEC_ENGINE_PANELS_H_

#include <cstddef>
#include <cstdint>

namespace edgec {

struct Value;

// How a package stores the weights of matrix products that kernels read in place (docs/package-format.md): as
// PackQs8Gemm and PackF32Gemm lay them out, a group after the other. No unit: row-major.
struct Panels {
  int32_t groups = 0, runs = 0, unit = 0;
};

// Whether a constant of this type and shape can be stored in its panels.
bool PanelsFit(const Value& value);

// Bytes that a constant takes in the package, without those of transformed weights.
size_t StoredBytes(const Value& value);

// The int32 sum of every column of a constant in int8 panels.
const uint8_t* PanelSums(const Value& value);

// Writes the elements of a constant in panels row-major.
void Unpack(const Value& value, uint8_t* to);

}  // namespace edgec

#endif  // EDGEC_ENGINE_PANELS_H_
