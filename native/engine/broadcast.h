#ifndef EDGEC_ENGINE_BROADCAST_H_
#define EDGEC_ENGINE_BROADCAST_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/model.h"

namespace edgec {

// Up to three operands that repeat along axes until they have the shape of the output.
struct Broadcast {
  static constexpr size_t kOperands = 3;
  size_t rows = 0, length = 0, outer = 0;  // the output is `rows` rows of `length`; `outer` axes count the rows
  std::array<int64_t, 8> shape{};
  std::array<std::array<int64_t, 8>, kOperands> strides{};
  std::array<int64_t, kOperands> steps{};  // 0 or 1 inside a row
};

// Fails where an operand does not broadcast to the shape of `y` or `y` is larger than the operands make it.
Status MakeBroadcast(const std::vector<const Value*>& operands, const Value& y, Broadcast* broadcast);

// Calls row(first index of the output, first indices of the operands) for every row.
template <typename F>
void ForEachRow(const Broadcast& b, F row) {
  std::array<int64_t, 8> at{};
  std::array<int64_t, Broadcast::kOperands> offsets{};
  for (size_t r = 0; r < b.rows; r++) {
    row(r * b.length, offsets);
    for (size_t axis = b.outer; axis-- > 0;) {
      for (size_t k = 0; k < Broadcast::kOperands; k++) offsets[k] += b.strides[k][axis];
      if (++at[axis] < b.shape[axis]) break;
      for (size_t k = 0; k < Broadcast::kOperands; k++) offsets[k] -= b.strides[k][axis] * b.shape[axis];
      at[axis] = 0;
    }
  }
}

// y = f(a, b) over broadcast operands.
template <typename A, typename B, typename Y, typename F>
void ApplyBinary(const Broadcast& broadcast, const A* a, const B* b, Y* y, F f) {
  const int64_t sa = broadcast.steps[0], sb = broadcast.steps[1];
  const auto length = static_cast<int64_t>(broadcast.length);
  ForEachRow(broadcast, [&](size_t first, const std::array<int64_t, Broadcast::kOperands>& offsets) {
    const A* pa = a + offsets[0];
    const B* pb = b + offsets[1];
    Y* py = y + first;
    if (sa == 1 && sb == 1)
      for (int64_t i = 0; i < length; i++) py[i] = f(pa[i], pb[i]);
    else if (sa == 1)
      for (int64_t i = 0; i < length; i++) py[i] = f(pa[i], *pb);
    else
      for (int64_t i = 0; i < length; i++) py[i] = f(*pa, pb[i * sb]);
  });
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_BROADCAST_H_
