#ifndef EDGEC_ENGINE_STRIDED_H_
#define EDGEC_ENGINE_STRIDED_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/model.h"

namespace edgec {

constexpr size_t kMaxAxes = 16;

// A walk over the elements of a value: element `offset + Σ index · stride` for every index below `shape`, the
// last axis fastest.
struct Strided {
  size_t rank = 0;
  int64_t offset = 0;
  std::array<int64_t, kMaxAxes> shape{};
  std::array<int64_t, kMaxAxes> strides{};

  void Append(int64_t size, int64_t stride) {
    shape[rank] = size;
    strides[rank++] = stride;
  }
  int64_t Count() const;
  // Whether every element of the walk lies below `count`.
  bool Inside(size_t count) const;
};

// Strides of the axes of a value, in elements.
std::array<int64_t, kMaxAxes> RowMajorStrides(const Value& value);

// The same walk in fewer axes; the last one has stride 1 where it can.
Strided Merged(const Strided& walk);

// Writes the elements of a walk over `from` one behind the other.
void CopyStrided(const Strided& walk, size_t element_bytes, const uint8_t* from, uint8_t* to);

// Checks that the walk stays inside the first operand and fills the result, and prepares its copy.
Status PrepareStridedCopy(const Preparation& p, const Strided& walk, Step* step);

}  // namespace edgec

#endif  // EDGEC_ENGINE_STRIDED_H_
