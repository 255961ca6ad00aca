// Ops that move elements of any type.
#include <cstring>
#include <vector>

#include "engine/prepare.h"
#include "engine/split.h"
#include "engine/strided.h"

namespace edgec {
namespace {

constexpr double kMacsOfAByte = 8;  // what can be multiplied while one is copied

}  // namespace

Status PrepareReshape(const Preparation& p, Step* step) {
  EDGEC_CHECK(HasOperands(p, 1), "an operand is missing");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == y.dtype && x.count == y.count, "the shapes have different sizes");
  step->run = [&x, &y] { std::memmove(y.data, x.data, y.bytes()); };
  return Status::Ok();
}

Status PrepareTranspose(const Preparation& p, Step* step) {
  TransposeAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(a.perm.size == x.shape.size() && y.shape.size() == x.shape.size() && y.count == x.count, "the output does not fit");
  const auto own = RowMajorStrides(x);
  std::vector<bool> seen(x.shape.size(), false);
  Strided walk;
  for (size_t i = 0; i < a.perm.size; i++) {
    const int32_t axis = a.perm[i];
    EDGEC_CHECK(axis >= 0 && static_cast<size_t>(axis) < x.shape.size() && !seen[static_cast<size_t>(axis)] && y.shape[i] == x.shape[static_cast<size_t>(axis)],
                "perm is no permutation");
    seen[static_cast<size_t>(axis)] = true;
    walk.Append(y.shape[i], own[static_cast<size_t>(axis)]);
  }
  return PrepareStridedCopy(p, walk, step);
}

Status PrepareSlice(const Preparation& p, Step* step) {
  SliceAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const size_t rank = x.shape.size();
  EDGEC_CHECK(a.starts.size == rank && a.sizes.size == rank && a.steps.size == rank && y.shape.size() == rank, "bad slice");
  const auto own = RowMajorStrides(x);
  Strided walk;
  for (size_t i = 0; i < rank; i++) {
    const int64_t start = a.starts[i], size = a.sizes[i], stride = a.steps[i], last = start + (size - 1) * stride;
    EDGEC_CHECK(size == y.shape[i] && (size == 0 || (start >= 0 && start < x.shape[i] && last >= 0 && last < x.shape[i])), "the slice leaves its input");
    walk.Append(size, own[i] * stride);
    walk.offset += own[i] * start;
  }
  return PrepareStridedCopy(p, walk, step);
}

Status PrepareConcat(const Preparation& p, Step* step) {
  ConcatAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value& y = *p.outputs[0];
  EDGEC_CHECK(a.axis >= 0 && static_cast<size_t>(a.axis) < y.shape.size(), "bad axis");
  size_t outer = 1;
  for (int32_t i = 0; i < a.axis; i++) outer *= y.dim(i);
  size_t total = 0;
  for (const Value* x : p.inputs) {
    EDGEC_CHECK(x && x->dtype == y.dtype && outer > 0 && x->count % outer == 0, "operands do not join");
    total += x->count;
  }
  EDGEC_CHECK(total == y.count, "operands do not join");
  std::vector<size_t> sizes;
  for (const Value* x : p.inputs) sizes.push_back(x->bytes() / outer);
  step->run = [inputs = p.inputs, sizes, outer, pool = p.pool, &y] {
    Split(pool, outer, kMacsOfAByte * static_cast<double>(y.bytes()), [&](size_t first, size_t end) {
      const size_t row = y.bytes() / outer;
      uint8_t* to = y.data;
      for (size_t i = 0; i < sizes.size(); i++) {
        const size_t size = sizes[i];
        const uint8_t* from = inputs[i]->data;
        for (size_t o = first; o < end; o++) std::memcpy(to + o * row, from + o * size, size);
        to += size;
      }
    });
  };
  return Status::Ok();
}

}  // namespace edgec
