#ifndef EDGEC_ENGINE_AXIS_ROWS_H_
#define EDGEC_ENGINE_AXIS_ROWS_H_

#include "engine/prepare.h"

namespace edgec {

// Rows along an axis: `outer` blocks of `step` rows whose elements are `step` apart.
struct AxisRows {
  size_t outer = 1, step = 1, length = 0;
};

inline Status MakeAxisRows(const Value& x, int32_t axis, AxisRows* rows) {
  EDGEC_CHECK(axis >= 0 && static_cast<size_t>(axis) < x.shape.size(), "bad axis");
  for (size_t i = 0; i < x.shape.size(); i++) {
    const auto size = static_cast<size_t>(x.shape[i]);
    if (i < static_cast<size_t>(axis)) rows->outer *= size;
    else if (i > static_cast<size_t>(axis)) rows->step *= size;
    else rows->length = size;
  }
  return Status::Ok();
}

// Calls each(first element) for every row.
template <typename F>
void ForEachAxisRow(const AxisRows& rows, F each) {
  for (size_t o = 0; o < rows.outer; o++)
    for (size_t i = 0; i < rows.step; i++) each(o * rows.length * rows.step + i);
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_AXIS_ROWS_H_
