#include "kernels/f32_winograd/f32_winograd.h"

#include <algorithm>

#define EDGEC_FUNCTION F32Winograd
#define EDGEC_MANIFEST "kernels/f32_winograd/kernels.inc"
#include "kernels/family.inc"

namespace edgec {
namespace {

struct Panel {
  float lanes[kLanes];
};

// What three weights in a line contribute to the points of a square with sides of 2.
void Transform2(const Panel& a, const Panel& b, const Panel& c, Panel* u) {
  for (size_t i = 0; i < kLanes; i++) {
    const float outer = 0.5f * (a.lanes[i] + c.lanes[i]), inner = 0.5f * b.lanes[i];
    u[0].lanes[i] = a.lanes[i];
    u[1].lanes[i] = outer + inner;
    u[2].lanes[i] = outer - inner;
    u[3].lanes[i] = c.lanes[i];
  }
}

// The same with sides of 4.
void Transform4(const Panel& a, const Panel& b, const Panel& c, Panel* u) {
  for (size_t i = 0; i < kLanes; i++) {
    const float near = a.lanes[i] + c.lanes[i], far = a.lanes[i] + 4 * c.lanes[i], middle = b.lanes[i];
    u[0].lanes[i] = a.lanes[i] / 4;
    u[1].lanes[i] = -(near + middle) / 6;
    u[2].lanes[i] = -(near - middle) / 6;
    u[3].lanes[i] = (far + 2 * middle) / 24;
    u[4].lanes[i] = (far - 2 * middle) / 24;
    u[5].lanes[i] = c.lanes[i];
  }
}

}  // namespace

void PackF32Winograd(const float* w, size_t side, size_t columns, size_t channels, float* packed) {
  constexpr size_t kMostPoints = 6;
  const size_t points = side + 2, matrix = F32WinogradPointWeightCount(columns, channels);
  const auto transform = side == 2 ? Transform2 : Transform4;
  for (size_t n = 0; n < columns; n += kLanes) {
    const size_t count = std::min(kLanes, columns - n);
    for (size_t c = 0; c < channels; c++) {
      Panel taps[9] = {}, rows[3][kMostPoints], across[3], out[kMostPoints];
      for (size_t i = 0; i < count; i++)
        for (size_t t = 0; t < 9; t++) taps[t].lanes[i] = w[((n + i) * 9 + t) * channels + c];
      for (size_t ky = 0; ky < 3; ky++) transform(taps[3 * ky], taps[3 * ky + 1], taps[3 * ky + 2], rows[ky]);
      for (size_t px = 0; px < points; px++) {
        for (size_t ky = 0; ky < 3; ky++) across[ky] = rows[ky][px];
        transform(across[0], across[1], across[2], out);
        for (size_t py = 0; py < points; py++)
          std::copy_n(out[py].lanes, kLanes, packed + (py * points + px) * matrix + n * channels + c * kLanes);
      }
    }
  }
}

}  // namespace edgec
