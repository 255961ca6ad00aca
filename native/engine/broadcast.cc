#include "engine/broadcast.h"

#include "engine/prepare.h"

namespace edgec {
namespace {

// Strides of an operand inside the output's axes: 0 where it repeats.
bool StridesIn(const Value& operand, const Value& y, std::array<int64_t, 8>* strides) {
  const size_t rank = y.shape.size(), own = operand.shape.size();
  if (own > rank) return false;
  int64_t step = 1;
  for (size_t i = own; i-- > 0;) {
    const size_t axis = i + rank - own;
    const int32_t size = operand.shape[i];
    if (size != 1 && size != y.shape[axis]) return false;
    (*strides)[axis] = size == 1 ? 0 : step;
    step *= size;
  }
  return true;
}

// Whether axis `axis` can be one loop with the axis after it, for all operands.
bool Mergeable(const Broadcast& b, size_t axis, int64_t inner) {
  for (const auto& strides : b.strides)
    if (strides[axis] != strides[axis + 1] * inner) return false;
  return true;
}

}  // namespace

Status MakeBroadcast(const std::vector<const Value*>& operands, const Value& y, Broadcast* b) {
  *b = {};
  const size_t rank = y.shape.size();
  EDGEC_CHECK(operands.size() <= Broadcast::kOperands, "too many operands");
  for (size_t k = 0; k < operands.size(); k++)
    EDGEC_CHECK(StridesIn(*operands[k], y, &b->strides[k]), "shapes do not broadcast");
  size_t kept = 0;
  for (size_t axis = 0; axis < rank; axis++) {
    bool reached = y.shape[axis] == 1;
    for (const Value* operand : operands) {
      const size_t own = operand->shape.size();
      reached = reached || (axis + own >= rank && operand->shape[axis + own - rank] == y.shape[axis]);
    }
    EDGEC_CHECK(reached, "the output is larger than its operands");
    if (y.shape[axis] == 1) continue;
    for (auto& strides : b->strides) strides[kept] = strides[axis];
    b->shape[kept++] = y.shape[axis];
  }
  if (y.count == 0) return Status::Ok();
  b->rows = 1;
  b->length = 1;
  if (kept == 0) return Status::Ok();
  size_t inner = kept - 1;
  for (size_t k = 0; k < Broadcast::kOperands; k++) b->steps[k] = b->strides[k][inner];
  while (inner > 0 && Mergeable(*b, inner - 1, b->shape[inner])) {
    inner--;
    for (auto& strides : b->strides) strides[inner] = strides[inner + 1];
    b->shape[inner] *= b->shape[inner + 1];
  }
  b->length = static_cast<size_t>(b->shape[inner]);
  b->outer = inner;
  b->rows = y.count / b->length;
  return Status::Ok();
}

}  // namespace edgec
