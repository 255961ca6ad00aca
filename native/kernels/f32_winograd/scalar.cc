#include "kernels/f32_winograd/f32_winograd.h"

namespace edgec::scalar {
namespace {

constexpr size_t kMost = 6;

// Rows: points; columns: inputs in a line.
constexpr float kInputs2[4][kMost] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
constexpr float kInputs4[6][kMost] = {{4, 0, -5, 0, 1, 0}, {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                                      {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
// Rows: outputs in a line; columns: points.
constexpr float kOutputs2[2][kMost] = {{1, 1, 1, 0}, {0, 1, -1, -1}};
constexpr float kOutputs4[4][kMost] = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};

using Square = float[kMost][kMost];

// to = m · from · mᵀ, where m is rows × depth.
void Transform(const float (*m)[kMost], size_t rows, size_t depth, const Square& from, Square& to) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < rows; j++) {
      to[i][j] = 0;
      for (size_t k = 0; k < depth; k++)
        for (size_t l = 0; l < depth; l++) to[i][j] += m[i][k] * from[k][l] * m[j][l];
    }
}

}  // namespace

void F32Winograd(const F32WinogradArgs& g) {
  const size_t across = RoundUp(g.out_width, g.side) / g.side, points = g.side + 2;
  const auto* inputs = g.side == 2 ? kInputs2 : kInputs4;
  const auto* outputs = g.side == 2 ? kOutputs2 : kOutputs4;
  for (size_t s = g.first; s < g.end; s++) {
    const size_t oy = s / across * g.side, ox = s % across * g.side;
    for (size_t n = 0; n < g.columns; n++) {
      const float* w = g.weights + n / kLanes * kLanes * g.channels + n % kLanes;
      Square sums{}, y;
      for (size_t c = 0; c < g.channels; c++, w += kLanes) {
        Square d{}, v;
        for (size_t i = 0; i < points; i++)
          for (size_t j = 0; j < points; j++) {
            const size_t iy = oy + i - g.top, ix = ox + j - g.left;
            if (iy < g.height && ix < g.width) d[i][j] = g.x[(iy * g.width + ix) * g.channels + c];
          }
        Transform(inputs, points, points, d, v);
        for (size_t i = 0; i < points; i++)
          for (size_t j = 0; j < points; j++) sums[i][j] += v[i][j] * w[(i * points + j) * g.weights_point];
      }
      Transform(outputs, g.side, points, sums, y);
      for (size_t i = 0; i < g.side && oy + i < g.out_height; i++)
        for (size_t j = 0; j < g.side && ox + j < g.out_width; j++) {
          const size_t at = ((oy + i) * g.out_width + ox + j) * g.y_stride + n;
          const float v = y[i][j] + g.bias[n] + (g.addend ? g.addend[at] : 0);
          g.y[at] = v < g.min ? g.min : v > g.max ? g.max : v;
        }
    }
  }
}

}  // namespace edgec::scalar
