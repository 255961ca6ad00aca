// GatherElements, GatherND, ScatterElements and ScatterND: indices are data, so that every one is checked when it is used.
#include <cstring>

#include "engine/prepare.h"
#include "engine/strided.h"

namespace edgec {
namespace {

constexpr size_t kOutside = SIZE_MAX;

// `index` counted from the start of an axis of `length`; kOutside where there is none.
size_t Position(int32_t index, int32_t length) {
  const int64_t at = index < 0 ? int64_t{index} + length : index;
  return at >= 0 && at < length ? static_cast<size_t>(at) : kOutside;
}

// `count` places in x of `length` elements each. `walk` calls place(number, first element) in order, and is false at the
// first index that is out of range. A place is given by std::ref, which allocates nothing.
using Place = std::function<void(size_t, size_t)>;
struct Places {
  size_t count = 0, length = 1;
  std::function<bool(const Place&)> walk;
};

// Single elements of x, at the place of their index but along `axis`.
Status ElementPlaces(const Value& x, const Value& indices, int32_t axis, Places* places) {
  const size_t rank = x.shape.size();
  EDGEC_CHECK(indices.dtype == DType::kInt32 && indices.shape.size() == rank && axis >= 0 && static_cast<size_t>(axis) < rank,
              "bad axis or indices");
  const auto along = static_cast<size_t>(axis);
  for (size_t i = 0; i < rank; i++) EDGEC_CHECK(i == along || indices.shape[i] <= x.shape[i], "the indices leave their operand");
  const auto strides = RowMajorStrides(x);
  places->count = indices.count;
  places->walk = [=, &x, &indices](const Place& place) {
    std::array<int32_t, kMaxAxes> at{};
    for (size_t i = 0; i < indices.count; i++) {
      const size_t found = Position(indices.as<int32_t>()[i], x.shape[along]);
      if (found == kOutside) return false;
      size_t offset = found * static_cast<size_t>(strides[along]);
      for (size_t k = 0; k < rank; k++)
        if (k != along) offset += static_cast<size_t>(at[k] * strides[k]);
      place(i, offset);
      for (size_t k = rank; k-- > 0;) {
        if (++at[k] < indices.shape[k]) break;
        at[k] = 0;
      }
    }
    return true;
  };
  return Status::Ok();
}

// Slices of x, named by the tuples in the last axis of the indices; `batch` axes are common.
Status SlicePlaces(const Value& x, const Value& indices, int32_t batch, Places* places) {
  EDGEC_CHECK(indices.dtype == DType::kInt32 && !indices.shape.empty() && batch >= 0, "bad indices");
  const auto common = static_cast<size_t>(batch);
  const size_t width = indices.dim(-1), rank = x.shape.size();
  EDGEC_CHECK(common < indices.shape.size() && common + width <= rank, "the indices leave their operand");
  size_t batches = 1, batch_stride = 1, tuples = 1;
  for (size_t i = 0; i < common; i++) {
    EDGEC_CHECK(indices.shape[i] == x.shape[i], "the batches differ");
    batches *= static_cast<size_t>(x.shape[i]);
  }
  for (size_t i = common; i < rank; i++) batch_stride *= static_cast<size_t>(x.shape[i]);
  for (size_t i = 0; i + 1 < indices.shape.size(); i++) tuples *= static_cast<size_t>(indices.shape[i]);
  for (size_t i = common + width; i < rank; i++) places->length *= static_cast<size_t>(x.shape[i]);
  places->count = tuples;
  const size_t each = batches == 0 ? 1 : std::max<size_t>(1, tuples / batches);
  const auto strides = RowMajorStrides(x);
  places->walk = [=, &x, &indices](const Place& place) {
    for (size_t i = 0; i < tuples; i++) {
      size_t offset = i / each * batch_stride;
      for (size_t k = 0; k < width; k++) {
        const size_t at = Position(indices.as<int32_t>()[i * width + k], x.shape[common + k]);
        if (at == kOutside) return false;
        offset += at * static_cast<size_t>(strides[common + k]);
      }
      place(i, offset);
    }
    return true;
  };
  return Status::Ok();
}

Status PrepareCopies(const Preparation& p, const Places& places, const char* fault, Step* step) {
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == y.dtype && y.count == places.count * places.length, "the output does not fit");
  const size_t element = ElementBytes(x.dtype), bytes = places.length * element;
  step->run = [=, walk = places.walk, reported = p.fault, &x, &y] {
    const auto copy = [&](size_t i, size_t from) { std::memcpy(y.data + i * bytes, x.data + from * element, bytes); };
    if (!walk(std::ref(copy))) *reported = fault;
  };
  return Status::Ok();
}

template <typename T>
T Combined(ScatterElementsAttrs::Reduction how, T old, T update) {
  using Reduction = ScatterElementsAttrs::Reduction;
  switch (how) {
    case Reduction::kAdd:
      return static_cast<T>(old + update);
    case Reduction::kMul:
      return static_cast<T>(old * update);
    case Reduction::kMin:
      return update < old ? update : old;
    case Reduction::kMax:
      return update > old ? update : old;
    default:
      return update;
  }
}

// Integers wrap, so that they are combined without a sign.
template <typename T, typename Sum = T>
void PrepareUpdates(const Preparation& p, ScatterElementsAttrs::Reduction how, const Places& places, const char* fault, Step* step) {
  const Value &x = *p.inputs[0], &updates = *p.inputs[2], &y = *p.outputs[0];
  const bool ordered = how == ScatterElementsAttrs::Reduction::kMin || how == ScatterElementsAttrs::Reduction::kMax;
  step->run = [=, length = places.length, walk = places.walk, reported = p.fault, &x, &updates, &y] {
    std::memmove(y.data, x.data, y.bytes());
    const auto update_slice = [&](size_t i, size_t to) {
      for (size_t k = 0; k < length; k++) {
        T& old = y.as<T>()[to + k];
        const T update = updates.as<T>()[i * length + k];
        old = ordered ? Combined<T>(how, old, update) : static_cast<T>(Combined<Sum>(how, static_cast<Sum>(old), static_cast<Sum>(update)));
      }
    };
    if (!walk(std::ref(update_slice))) *reported = fault;
  };
}

Status PrepareScatter(const Preparation& p, int32_t how, const Places& places, const char* fault, Step* step) {
  const Value &x = *p.inputs[0], &updates = *p.inputs[2], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == y.dtype && x.dtype == updates.dtype && x.shape == y.shape, "operands do not fit");
  EDGEC_CHECK(updates.count == places.count * places.length, "the updates do not fit the indices");
  const auto reduction = static_cast<ScatterElementsAttrs::Reduction>(how);
  if (x.dtype == DType::kFloat32)
    PrepareUpdates<float>(p, reduction, places, fault, step);
  else if (x.dtype == DType::kInt32)
    PrepareUpdates<int32_t, uint32_t>(p, reduction, places, fault, step);
  else if (x.dtype == DType::kBool)
    PrepareUpdates<uint8_t>(p, reduction, places, fault, step);
  else
    return Bad("operands have other types");
  return Status::Ok();
}

}  // namespace

Status PrepareGatherElements(const Preparation& p, Step* step) {
  GatherElementsAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  Places places;
  EDGEC_RETURN_IF_ERROR(ElementPlaces(*p.inputs[0], *p.inputs[1], a.axis, &places));
  return PrepareCopies(p, places, "GatherElements: an index is out of range", step);
}

Status PrepareGatherND(const Preparation& p, Step* step) {
  GatherNDAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  Places places;
  EDGEC_RETURN_IF_ERROR(SlicePlaces(*p.inputs[0], *p.inputs[1], a.batchDims, &places));
  return PrepareCopies(p, places, "GatherND: an index is out of range", step);
}

Status PrepareScatterElements(const Preparation& p, Step* step) {
  ScatterElementsAttrs a;
  EDGEC_CHECK(HasOperands(p, 3) && Decode(p.attrs, &a), "bad operands or attributes");
  Places places;
  EDGEC_RETURN_IF_ERROR(ElementPlaces(*p.inputs[0], *p.inputs[1], a.axis, &places));
  return PrepareScatter(p, static_cast<int32_t>(a.reduction), places, "ScatterElements: an index is out of range", step);
}

Status PrepareScatterND(const Preparation& p, Step* step) {
  ScatterNDAttrs a;
  EDGEC_CHECK(HasOperands(p, 3) && Decode(p.attrs, &a), "bad operands or attributes");
  Places places;
  EDGEC_RETURN_IF_ERROR(SlicePlaces(*p.inputs[0], *p.inputs[1], 0, &places));
  return PrepareScatter(p, static_cast<int32_t>(a.reduction), places, "ScatterND: an index is out of range", step);
}

}  // namespace edgec
