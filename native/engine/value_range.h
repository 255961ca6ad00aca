#pragma once

#include "engine/model.h"

namespace edgec {

struct ValueRange {
  float min, max;
};

// The least and the greatest element of a float value; both NaN where an element is, 0 where there is none.
ValueRange RangeOf(const Value& value);

}  // namespace edgec
