#include "engine/strided.h"

#include <algorithm>
#include <cstring>

#include "engine/prepare.h"
#include "engine/split.h"
#include "kernels/interleave/interleave.h"

namespace edgec {
namespace {

template <typename T>
void CopyRow(const uint8_t* from, int64_t stride, int64_t count, uint8_t* to) {
  const T* source = reinterpret_cast<const T*>(from);
  T* target = reinterpret_cast<T*>(to);
  // Every second element, as of shuffled channels, comes in vectors.
  if (stride == 2)
    for (int64_t i = 0; i < count; i++) target[i] = source[i * 2];
  else
    for (int64_t i = 0; i < count; i++) target[i] = source[i * stride];
}

void CopyRowOf(size_t element_bytes, const uint8_t* from, int64_t stride, int64_t count, uint8_t* to) {
  switch (element_bytes) {
    case 1:
      return CopyRow<uint8_t>(from, stride, count, to);
    case 2:
      return CopyRow<uint16_t>(from, stride, count, to);
    case 4:
      return CopyRow<uint32_t>(from, stride, count, to);
    default:
      return CopyRow<uint64_t>(from, stride, count, to);
  }
}

constexpr double kMacsOfAByte = 8;  // what can be multiplied while one is moved

// Whether few planes become the channels of pixels.
bool IsInterleaving(const Strided& walk) {
  constexpr int64_t kFew = 4;
  return walk.rank == 2 && walk.strides[0] == 1 && walk.shape[1] <= kFew && walk.strides[1] >= walk.shape[0];
}

// The axis along which the walk is dense, where that is not the last one.
bool DenseAxis(const Strided& walk, size_t* axis) {
  if (walk.strides[walk.rank - 1] == 1) return false;
  for (*axis = 0; *axis + 1 < walk.rank; (*axis)++)
    if (walk.strides[*axis] == 1) return true;
  return false;
}

// Turns a tile: to[i · dense_step + k] = from[i + k · last_stride] for i below `wide` and k from `first` to below `high`.
template <typename T>
void Turn(const T* from, T* to, int64_t wide, int64_t dense_step, int64_t first, int64_t high, int64_t last_stride) {
  for (int64_t i = 0; i < wide; i++)
    for (int64_t k = first; k < high; k++) to[i * dense_step + k] = from[i + k * last_stride];
}

// Turns 4 by 4 words.
void TurnSquare(const uint32_t* from, uint32_t* to, int64_t dense_step, int64_t last_stride) {
  typedef uint32_t Words __attribute__((vector_size(16)));
  Words x[4];
  for (int64_t k = 0; k < 4; k++) std::memcpy(&x[k], from + k * last_stride, sizeof(Words));
  const Words low01 = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5), low23 = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  const Words high01 = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7), high23 = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  const Words y[4] = {__builtin_shufflevector(low01, low23, 0, 1, 4, 5), __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
                      __builtin_shufflevector(high01, high23, 0, 1, 4, 5), __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
  for (int64_t i = 0; i < 4; i++) std::memcpy(to + i * dense_step, &y[i], sizeof(Words));
}

// Tiles of the dense axis by the last one, so that a line of the cache is read and written whole.
template <typename T>
void CopyPlane(const T* from, T* to, int64_t dense, int64_t dense_step, int64_t last, int64_t last_stride) {
  constexpr int64_t kTile = 64;
  for (int64_t l = 0; l < last; l += kTile)
    for (int64_t d = 0; d < dense; d += kTile) {
      const int64_t wide = std::min(kTile, dense - d), high = std::min(kTile, last - l);
      const T* source = from + d + l * last_stride;
      T* target = to + d * dense_step + l;
      int64_t turned = 0;
      if constexpr (sizeof(T) == sizeof(uint32_t)) {
        turned = high / 4 * 4;
        const int64_t squares = wide / 4 * 4;
        for (int64_t i = 0; i < squares; i += 4)
          for (int64_t k = 0; k < turned; k += 4) TurnSquare(source + i + k * last_stride, target + i * dense_step + k, dense_step, last_stride);
        Turn(source + squares, target + squares * dense_step, wide - squares, dense_step, 0, turned, last_stride);
      }
      Turn(source, target, wide, dense_step, turned, high, last_stride);
    }
}

template <typename T>
void CopyTiled(const Strided& walk, size_t dense, const T* from, T* to) {
  const size_t last = walk.rank - 1;
  std::array<int64_t, kMaxAxes> steps{}, at{};
  int64_t step = 1, planes = 1;
  for (size_t i = walk.rank; i-- > 0;) {
    steps[i] = step;
    step *= walk.shape[i];
    if (i != dense && i != last) planes *= walk.shape[i];
  }
  int64_t read = walk.offset, written = 0;
  for (int64_t plane = 0; plane < planes; plane++) {
    CopyPlane(from + read, to + written, walk.shape[dense], steps[dense], walk.shape[last], walk.strides[last]);
    for (size_t axis = last; axis-- > 0;) {
      if (axis == dense) continue;
      read += walk.strides[axis];
      written += steps[axis];
      if (++at[axis] < walk.shape[axis]) break;
      read -= walk.strides[axis] * walk.shape[axis];
      written -= steps[axis] * walk.shape[axis];
      at[axis] = 0;
    }
  }
}

void CopyTiledOf(size_t element_bytes, const Strided& walk, size_t dense, const uint8_t* from, uint8_t* to) {
  switch (element_bytes) {
    case 1:
      return CopyTiled(walk, dense, from, to);
    case 2:
      return CopyTiled(walk, dense, reinterpret_cast<const uint16_t*>(from), reinterpret_cast<uint16_t*>(to));
    case 4:
      return CopyTiled(walk, dense, reinterpret_cast<const uint32_t*>(from), reinterpret_cast<uint32_t*>(to));
    default:
      return CopyTiled(walk, dense, reinterpret_cast<const uint64_t*>(from), reinterpret_cast<uint64_t*>(to));
  }
}

}  // namespace

int64_t Strided::Count() const {
  int64_t count = 1;
  for (size_t i = 0; i < rank; i++) count *= shape[i];
  return count;
}

bool Strided::Inside(size_t count) const {
  int64_t low = offset, high = offset;
  for (size_t i = 0; i < rank; i++) {
    if (shape[i] == 0) return true;
    int64_t reach = 0;
    if (shape[i] < 0 || __builtin_mul_overflow(shape[i] - 1, strides[i], &reach)) return false;
    if (__builtin_add_overflow(reach < 0 ? low : high, reach, reach < 0 ? &low : &high)) return false;
  }
  return low >= 0 && high < static_cast<int64_t>(count);
}

std::array<int64_t, kMaxAxes> RowMajorStrides(const Value& value) {
  std::array<int64_t, kMaxAxes> strides{};
  int64_t step = 1;
  for (size_t i = value.shape.size(); i-- > 0;) {
    strides[i] = step;
    step *= value.shape[i];
  }
  return strides;
}

Strided Merged(const Strided& walk) {
  Strided merged;
  merged.offset = walk.offset;
  for (size_t i = 0; i < walk.rank; i++) {
    if (walk.shape[i] == 1) continue;
    const size_t last = merged.rank - 1;
    if (merged.rank > 0 && merged.strides[last] == walk.strides[i] * walk.shape[i]) {
      merged.shape[last] *= walk.shape[i];
      merged.strides[last] = walk.strides[i];
    } else {
      merged.Append(walk.shape[i], walk.strides[i]);
    }
  }
  if (merged.rank == 0) merged.Append(1, 1);
  return merged;
}

void CopyStrided(const Strided& walk, size_t element_bytes, const uint8_t* from, uint8_t* to) {
  const size_t inner = walk.rank - 1;
  size_t dense = 0;
  if (DenseAxis(walk, &dense)) return CopyTiledOf(element_bytes, walk, dense, from, to);
  const int64_t length = walk.shape[inner], stride = walk.strides[inner];
  int64_t rows = 1;
  for (size_t i = 0; i < inner; i++) rows *= walk.shape[i];
  const size_t row_bytes = static_cast<size_t>(length) * element_bytes;
  std::array<int64_t, kMaxAxes> at{};
  int64_t offset = walk.offset;
  for (int64_t row = 0; row < rows; row++, to += row_bytes) {
    const uint8_t* source = from + offset * static_cast<int64_t>(element_bytes);
    if (stride == 1)
      std::memcpy(to, source, row_bytes);
    else
      CopyRowOf(element_bytes, source, stride, length, to);
    for (size_t axis = inner; axis-- > 0;) {
      offset += walk.strides[axis];
      if (++at[axis] < walk.shape[axis]) break;
      offset -= walk.strides[axis] * walk.shape[axis];
      at[axis] = 0;
    }
  }
}

Status PrepareStridedCopy(const Preparation& p, const Strided& walk, Step* step) {
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == y.dtype, "the type of the elements changes");
  EDGEC_CHECK(walk.Inside(x.count), "elements outside the input are read");
  EDGEC_CHECK(walk.Count() == static_cast<int64_t>(y.count), "the output does not fit");
  if (y.count == 0) {
    step->run = [] {};
    return Status::Ok();
  }
  const Strided merged = Merged(walk);
  const size_t element_bytes = ElementBytes(x.dtype);
  if (IsInterleaving(merged) && (element_bytes == 1 || element_bytes == 4)) {
    const auto& kernel = InterleaveFamily().Best(p.isa);
    const auto plane = static_cast<size_t>(merged.strides[1]), pixels = static_cast<size_t>(merged.shape[0]);
    const size_t channels = static_cast<size_t>(merged.shape[1]), offset = static_cast<size_t>(merged.offset) * element_bytes;
    step->kernel = kernel.name;
    step->run = [=, run = kernel.run, pool = p.pool, &x, &y] {
      SplitElements(pool, pixels, kMacsOfAByte * static_cast<double>(y.bytes()), [&](size_t first, size_t end) {
        run({x.data + offset + first * element_bytes, plane, end - first, channels, element_bytes, y.data + first * channels * element_bytes});
      });
    };
    return Status::Ok();
  }
  step->run = [=, &x, &y] { CopyStrided(merged, element_bytes, x.data, y.data); };
  return Status::Ok();
}

}  // namespace edgec
