// Split, Expand, Tile, DepthToSpace, SpaceToDepth and Gather: bytes move, whatever their type.
#include <cstring>

#include "engine/prepare.h"
#include "engine/strided.h"

namespace edgec {
namespace {

size_t Product(const Value& v, size_t first, size_t last) {
  size_t product = 1;
  for (size_t i = first; i < last; i++) product *= static_cast<size_t>(v.shape[i]);
  return product;
}

bool IsAxis(int32_t axis, const Value& v) { return axis >= 0 && static_cast<size_t>(axis) < v.shape.size(); }

}  // namespace

Status PrepareSplit(const Preparation& p, Step* step) {
  SplitAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value& x = *p.inputs[0];
  EDGEC_CHECK(IsAxis(a.axis, x) && p.outputs.size() == a.sizes.size, "bad axis or sizes");
  const auto axis = static_cast<size_t>(a.axis);
  int64_t length = 0;
  for (size_t k = 0; k < a.sizes.size; k++) {
    const Value& y = *p.outputs[k];
    EDGEC_CHECK(y.dtype == x.dtype && y.shape.size() == x.shape.size(), "a part has another type");
    for (size_t i = 0; i < x.shape.size(); i++)
      EDGEC_CHECK(y.shape[i] == (i == axis ? a.sizes[k] : x.shape[i]), "a part has another shape");
    length += a.sizes[k];
  }
  EDGEC_CHECK(length == x.shape[axis], "the sizes do not add up");
  const size_t outer = Product(x, 0, axis), row = Product(x, axis, x.shape.size()) * ElementBytes(x.dtype);
  const std::vector<const Value*> parts = p.outputs;
  step->run = [=, &x] {
    size_t at = 0;
    for (const Value* part : parts) {
      const size_t bytes = outer == 0 ? 0 : part->bytes() / outer;
      for (size_t o = 0; o < outer; o++) std::memcpy(part->data + o * bytes, x.data + o * row + at, bytes);
      at += bytes;
    }
  };
  return Status::Ok();
}

Status PrepareExpand(const Preparation& p, Step* step) {
  ExpandAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const size_t rank = y.shape.size(), own = x.shape.size();
  EDGEC_CHECK(own <= rank, "the shapes do not broadcast");
  const auto strides = RowMajorStrides(x);
  Strided walk;
  for (size_t i = 0; i < rank; i++) {
    const bool missing = i + own < rank;
    const int32_t size = missing ? 1 : x.shape[i + own - rank];
    EDGEC_CHECK(size == 1 || size == y.shape[i], "the shapes do not broadcast");
    walk.Append(y.shape[i], size == 1 ? 0 : strides[i + own - rank]);
  }
  EDGEC_CHECK(x.count > 0 || y.count == 0, "the input is empty");
  return PrepareStridedCopy(p, walk, step);
}

Status PrepareTile(const Preparation& p, Step* step) {
  TileAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(a.repeats.size == x.shape.size() && y.shape.size() == x.shape.size(), "one repeat an axis is needed");
  const auto strides = RowMajorStrides(x);
  Strided walk;
  for (size_t i = 0; i < x.shape.size(); i++) {
    EDGEC_CHECK(a.repeats[i] >= 0 && static_cast<int64_t>(a.repeats[i]) * x.shape[i] == y.shape[i], "the output does not fit");
    walk.Append(a.repeats[i], 0);
    walk.Append(x.shape[i], strides[i]);
  }
  return PrepareStridedCopy(p, walk, step);
}

Status PrepareDepthToSpace(const Preparation& p, Step* step) {
  DepthToSpaceAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.shape.size() == 4 && y.shape.size() == 4 && a.blockSize > 0, "operands need rank 4");
  const int64_t n = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.shape[3], b = a.blockSize;
  EDGEC_CHECK(b <= 32768 && c % (b * b) == 0, "blockSize does not divide the channels");
  const int64_t depth = c / (b * b);
  EDGEC_CHECK(y.shape[1] == h * b && y.shape[2] == w * b && y.shape[3] == depth, "the output does not fit");
  const bool block_first = a.mode == DepthToSpaceAttrs::Mode::kDCR;
  Strided walk;
  walk.Append(n, h * w * c);
  walk.Append(h, w * c);
  walk.Append(b, block_first ? b * depth : b);
  walk.Append(w, c);
  walk.Append(b, block_first ? depth : 1);
  walk.Append(depth, block_first ? 1 : b * b);
  return PrepareStridedCopy(p, walk, step);
}

Status PrepareSpaceToDepth(const Preparation& p, Step* step) {
  SpaceToDepthAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.shape.size() == 4 && y.shape.size() == 4 && a.blockSize > 0, "operands need rank 4");
  const int64_t n = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.shape[3], b = a.blockSize;
  EDGEC_CHECK(h % b == 0 && w % b == 0, "blockSize does not divide height and width");
  EDGEC_CHECK(y.shape[1] == h / b && y.shape[2] == w / b, "the output does not fit");
  Strided walk;
  walk.Append(n, h * w * c);
  walk.Append(h / b, b * w * c);
  walk.Append(w / b, b * c);
  walk.Append(b, w * c);
  walk.Append(b, c);
  walk.Append(c, 1);
  return PrepareStridedCopy(p, walk, step);
}

Status PrepareGather(const Preparation& p, Step* step) {
  GatherAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &indices = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(IsAxis(a.axis, x) && indices.dtype == DType::kInt32 && x.dtype == y.dtype, "bad axis or types");
  const auto axis = static_cast<size_t>(a.axis);
  const size_t outer = Product(x, 0, axis), inner = Product(x, axis + 1, x.shape.size()) * ElementBytes(x.dtype);
  const int32_t length = x.shape[axis];
  EDGEC_CHECK(y.bytes() == outer * indices.count * inner, "the output does not fit");
  const char** fault = p.fault;
  step->run = [=, &x, &indices, &y] {
    uint8_t* to = y.data;
    for (size_t o = 0; o < outer; o++)
      for (size_t k = 0; k < indices.count; k++, to += inner) {
        const int32_t index = indices.as<int32_t>()[k];
        const int32_t at = index < 0 ? index + length : index;
        if (at < 0 || at >= length) {
          *fault = "Gather: an index is out of range";
          return;
        }
        std::memcpy(to, x.data + (o * static_cast<size_t>(length) + static_cast<size_t>(at)) * inner, inner);
      }
  };
  return Status::Ok();
}

}  // namespace edgec
