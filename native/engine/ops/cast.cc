// Cast between all element types; reals truncate and saturate.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/prepare.h"

namespace edgec {
namespace {

template <typename T>
T Converted(double v) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<float>(v);
  } else if constexpr (std::is_same_v<T, bool>) {
    return v != 0;
  } else if (v != v) {
    return 0;
  } else {
    constexpr bool kWide = sizeof(T) == 8;
    const double low = kWide ? -9007199254740992.0 : static_cast<double>(std::numeric_limits<T>::min());
    const double high = kWide ? 9007199254740992.0 : static_cast<double>(std::numeric_limits<T>::max());
    return static_cast<T>(std::max(low, std::min(high, std::trunc(v))));
  }
}

template <typename From, typename To>
void Convert(const Value& x, const Value& y) {
  for (size_t i = 0; i < y.count; i++) y.as<To>()[i] = Converted<To>(static_cast<double>(x.as<From>()[i]));
}

using Run = void (*)(const Value&, const Value&);

template <typename From>
Run ConvertTo(DType to) {
  switch (to) {
    case DType::kFloat32:
      return Convert<From, float>;
    case DType::kInt8:
      return Convert<From, int8_t>;
    case DType::kUint8:
      return Convert<From, uint8_t>;
    case DType::kInt16:
      return Convert<From, int16_t>;
    case DType::kInt32:
      return Convert<From, int32_t>;
    case DType::kInt64:
      return Convert<From, int64_t>;
    default:
      return Convert<From, bool>;
  }
}

Run FindConvert(DType from, DType to) {
  switch (from) {
    case DType::kFloat32:
      return ConvertTo<float>(to);
    case DType::kInt8:
      return ConvertTo<int8_t>(to);
    case DType::kInt16:
      return ConvertTo<int16_t>(to);
    case DType::kInt32:
      return ConvertTo<int32_t>(to);
    case DType::kInt64:
      return ConvertTo<int64_t>(to);
    default:
      return ConvertTo<uint8_t>(to);
  }
}

}  // namespace

Status PrepareCast(const Preparation& p, Step* step) {
  CastAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.shape == y.shape && static_cast<int32_t>(y.dtype) == static_cast<int32_t>(a.to), "the output does not fit");
  const Run run = FindConvert(x.dtype, y.dtype);
  step->run = [=, &x, &y] { run(x, y); };
  return Status::Ok();
}

}  // namespace edgec
