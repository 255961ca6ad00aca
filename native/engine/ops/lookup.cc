// Lookup: keys in a hash table.
#include <unordered_map>

#include "engine/prepare.h"

namespace edgec {
namespace {

template <typename T>
Status PrepareTable(const Value& x, const Value& keys, const Value& y, Step* step) {
  auto places = std::make_shared<std::unordered_map<T, int32_t>>();
  for (size_t i = 0; i < keys.count; i++) places->emplace(keys.as<T>()[i], static_cast<int32_t>(i));
  step->run = [places, &x, &y] {
    for (size_t i = 0; i < y.count; i++) {
      const auto found = places->find(x.as<T>()[i]);
      y.as<int32_t>()[i] = found == places->end() ? -1 : found->second;
    }
  };
  return Status::Ok();
}

}  // namespace

Status PrepareLookup(const Preparation& p, Step* step) {
  LookupAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &keys = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(keys.constant && keys.dtype == x.dtype && y.dtype == DType::kInt32 && x.count == y.count, "operands do not fit");
  if (x.dtype == DType::kFloat32) return PrepareTable<float>(x, keys, y, step);
  EDGEC_CHECK(x.dtype == DType::kInt32, "the input has another type");
  return PrepareTable<int32_t>(x, keys, y, step);
}

}  // namespace edgec
