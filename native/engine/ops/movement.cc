// Ops that move elements of any type.
#include <algorithm>

#include "engine/prepare.h"

namespace edgec {
namespace {

// y in order takes x at offset + Σ index · stride, in elements.
struct Walk {
  std::vector<size_t> shape;
  std::vector<int64_t> strides;
  int64_t offset = 0;
};

std::vector<int64_t> StridesOf(const Value& v) {
  std::vector<int64_t> strides(v.shape.size());
  int64_t step = 1;
  for (size_t i = strides.size(); i-- > 0; step *= v.shape[i]) strides[i] = step;
  return strides;
}

template <size_t kBytes>
void Copy(const uint8_t* x, uint8_t* y, size_t count, const Walk& walk, std::vector<size_t>* at) {
  std::fill(at->begin(), at->end(), 0);
  int64_t from = walk.offset;
  for (size_t i = 0; i < count; i++) {
    std::memcpy(y + i * kBytes, x + from * static_cast<int64_t>(kBytes), kBytes);
    for (size_t axis = at->size(); axis-- > 0;) {
      from += walk.strides[axis];
      if (++(*at)[axis] < walk.shape[axis]) break;
      from -= walk.strides[axis] * static_cast<int64_t>(walk.shape[axis]);
      (*at)[axis] = 0;
    }
  }
}

Status Strided(const Value& x, const Value& y, Walk walk, Step* step) {
  EDGEC_CHECK(x.dtype == y.dtype, "operands have other types");
  auto at = std::make_shared<std::vector<size_t>>(walk.shape.size());
  const size_t bytes = ElementBytes(x.dtype);
  step->run = [=, &x, &y] {
    if (bytes == 1) Copy<1>(x.data, y.data, y.count, walk, at.get());
    else if (bytes == 4) Copy<4>(x.data, y.data, y.count, walk, at.get());
    else if (bytes == 2) Copy<2>(x.data, y.data, y.count, walk, at.get());
    else Copy<8>(x.data, y.data, y.count, walk, at.get());
  };
  return Status::Ok();
}

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
  const std::vector<int64_t> own = StridesOf(x);
  std::vector<bool> seen(x.shape.size(), false);
  Walk walk;
  for (size_t i = 0; i < a.perm.size; i++) {
    const int32_t axis = a.perm[i];
    EDGEC_CHECK(axis >= 0 && static_cast<size_t>(axis) < x.shape.size() && !seen[static_cast<size_t>(axis)] && y.shape[i] == x.shape[static_cast<size_t>(axis)],
                "perm is no permutation");
    seen[static_cast<size_t>(axis)] = true;
    walk.shape.push_back(y.dim(static_cast<int>(i)));
    walk.strides.push_back(own[static_cast<size_t>(axis)]);
  }
  return Strided(x, y, walk, step);
}

Status PrepareSlice(const Preparation& p, Step* step) {
  SliceAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const size_t rank = x.shape.size();
  EDGEC_CHECK(a.starts.size == rank && a.sizes.size == rank && a.steps.size == rank && y.shape.size() == rank, "bad slice");
  const std::vector<int64_t> own = StridesOf(x);
  Walk walk;
  for (size_t i = 0; i < rank; i++) {
    const int64_t start = a.starts[i], size = a.sizes[i], stride = a.steps[i], last = start + (size - 1) * stride;
    EDGEC_CHECK(size == y.shape[i] && (size == 0 || (start >= 0 && start < x.shape[i] && last >= 0 && last < x.shape[i])), "the slice leaves its input");
    walk.shape.push_back(y.dim(static_cast<int>(i)));
    walk.strides.push_back(own[i] * stride);
    walk.offset += own[i] * start;
  }
  return Strided(x, y, walk, step);
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
  step->run = [inputs = p.inputs, outer, &y] {
    uint8_t* to = y.data;
    for (size_t o = 0; o < outer; o++)
      for (const Value* x : inputs) {
        const size_t bytes = x->bytes() / outer;
        std::memcpy(to, x->data + o * bytes, bytes);
        to += bytes;
      }
  };
  return Status::Ok();
}

Status PreparePad(const Preparation& p, Step* step) {
  PadAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const size_t rank = x.shape.size(), bytes = ElementBytes(x.dtype);
  if (a.mode != PadAttrs::Mode::kConstant) return Status::Error("E_OP_UNSUPPORTED", "only constant padding is native");
  EDGEC_CHECK(a.pads.size == 2 * rank && y.shape.size() == rank && x.dtype == y.dtype, "bad pads");
  EDGEC_CHECK(x.dtype == DType::kFloat32 || x.dtype == DType::kInt8, "operands have other types");
  const std::vector<int64_t> own = StridesOf(x);
  auto sources = std::make_shared<std::vector<int64_t>>(y.count);
  std::vector<int64_t> at(rank, 0);
  for (size_t i = 0; i < rank; i++)
    EDGEC_CHECK(y.shape[i] == static_cast<int64_t>(x.shape[i]) + a.pads[i] + a.pads[i + rank], "the output does not fit");
  for (int64_t& source : *sources) {
    source = 0;
    for (size_t i = 0; i < rank && source >= 0; i++) {
      const int64_t position = at[i] - a.pads[i];
      source = position < 0 || position >= x.shape[i] ? -1 : source + position * own[i];
    }
    for (size_t i = rank; i-- > 0;) {
      if (++at[i] < y.shape[i]) break;
      at[i] = 0;
    }
  }
  const float value = a.value;
  step->run = [=, &x, &y] {
    for (size_t i = 0; i < y.count; i++) {
      const int64_t source = (*sources)[i];
      if (source >= 0) std::memcpy(y.data + i * bytes, x.data + static_cast<size_t>(source) * bytes, bytes);
      else if (bytes == 4) y.as<float>()[i] = value;
      else y.as<int8_t>()[i] = static_cast<int8_t>(value);
    }
  };
  return Status::Ok();
}

}  // namespace edgec
