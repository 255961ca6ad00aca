// Float kernels, against the scalar ones within a tolerance.
#include <utility>

#include "kernels/f32_average/f32_average.h"
#include "kernels/f32_depthwise/f32_depthwise.h"
#include "kernels/f32_depthwise3x3/f32_depthwise3x3.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/f32_max/f32_max.h"
#include "kernels/f32_softmax/f32_softmax.h"
#include "kernels/f32_sum/f32_sum.h"
#include "kernels/f32_trees/f32_trees.h"
#include "kernels/f32_unary/f32_unary.h"
#include "kernels/f32_winograd/f32_winograd.h"
#include "tests/family_test.h"

namespace edgec {
namespace {

struct F32GemmCase {
  size_t lines, rows, columns, segments, depth, a_stride, a_line;
  std::vector<int32_t> offsets;
  Floats a, w, bias, addend;  // none to add, or what is added to each
  float min, max;

  explicit F32GemmCase(Draw* draw)
      : lines(draw->Size(1, 3)), rows(draw->Size(1, 30)), columns(draw->Size(1, 150)), segments(draw->Size(1, 3)), depth(draw->Size(1, 80)) {
    if (draw->Int(0, 3) == 0) rows = 1;
    if (draw->Int(0, 15) == 0) {  // more results than a cache holds
      rows = draw->Size(1000, 1400) / lines;
      columns = draw->Size(140, 150);
      depth = draw->Size(1, 5);
    }
    a_stride = draw->Size(1, 2 * static_cast<int64_t>(depth));
    a_line = rows * a_stride + draw->Size(0, 9);
    for (size_t s = 0; s < segments; s++) offsets.push_back(static_cast<int32_t>(draw->Int(0, 100)));
    a = draw->Reals(lines * a_line + 100 + depth);
    w = draw->Reals(columns * segments * depth);
    bias = draw->Reals(RoundUp(columns, kLanes));
    if (draw->Coin()) addend = draw->Reals(lines * rows * columns);
    min = draw->Coin() ? -INFINITY : 0;
    max = draw->Coin() ? INFINITY : 6;
  }
  Floats Run(const Kernel<F32GemmArgs>& kernel) const {
    Floats packed(F32GemmWeightCount(columns, segments, depth)), y = Guarded<float>(lines * rows * columns);
    PackF32Gemm(w.data(), columns, segments, depth, packed.data());
    kernel.run({a.data(), lines, rows, a_line, a_stride, offsets.data(), segments, depth, columns, packed.data(), bias.data(), min, max,
                y.data(), rows * columns, columns, addend.empty() ? nullptr : addend.data()});
    return y;
  }
  void Print() const { std::printf("lines %zu rows %zu columns %zu segments %zu depth %zu", lines, rows, columns, segments, depth); }
};

struct F32DepthwiseCase {
  size_t stride, pixels, channels;
  std::vector<int32_t> taps;
  Floats x, w, bias;
  float min;

  explicit F32DepthwiseCase(Draw* draw) : stride(draw->Size(1, 100)), pixels(draw->Size(1, 30)), channels(draw->Size(1, 70)), taps(draw->Size(1, 26)) {
    for (int32_t& tap : taps) tap = static_cast<int32_t>(draw->Int(0, 600));
    x = draw->Reals(pixels * stride + 600 + channels + kLanes);
    w = draw->Reals(taps.size() * RoundUp(channels, kLanes));
    bias = draw->Reals(RoundUp(channels, kLanes));
    min = draw->Coin() ? -INFINITY : 0;
  }
  Floats Run(const Kernel<F32DepthwiseArgs>& kernel) const {
    Floats y = Guarded<float>(pixels * channels);
    kernel.run({x.data(), stride, pixels, taps.data(), taps.size(), channels, w.data(), bias.data(), min, INFINITY, y.data()});
    return y;
  }
  void Print() const { std::printf("pixels %zu taps %zu channels %zu", pixels, taps.size(), channels); }
};

struct F32Depthwise3x3Case {
  size_t height, width, channels, stride_y, stride_x, top, left, out_height, out_width;
  Floats x, w, bias;
  float min;

  explicit F32Depthwise3x3Case(Draw* draw)
      : height(draw->Size(1, 9)), width(draw->Size(1, 9)), channels(draw->Size(1, 50)), stride_y(draw->Size(1, 2)), stride_x(draw->Size(1, 2)),
        top(draw->Size(0, 2)), left(draw->Size(0, 2)), out_height(draw->Size(1, 7)), out_width(draw->Size(1, 7)),
        x(draw->Reals(height * width * channels + kLanes)), w(draw->Reals(9 * RoundUp(channels, kLanes))),
        bias(draw->Reals(RoundUp(channels, kLanes))), min(draw->Coin() ? -INFINITY : 0) {}
  Floats Run(const Kernel<F32Depthwise3x3Args>& kernel) const {
    Floats y = Guarded<float>(out_height * out_width * channels);
    kernel.run({x.data(), height, width, channels, out_height, out_width, stride_y, stride_x, top, left, w.data(), bias.data(), min, 6, y.data()});
    return y;
  }
  void Print() const {
    std::printf("image %zux%zux%zu strides %zu %zu output %zux%zu", height, width, channels, stride_y, stride_x, out_height, out_width);
  }
};

// G · w · Gᵀ of weights w[columns][3][3][channels], packed as the kernels read them.
Floats TransformedWeights(const Floats& w, size_t side, size_t columns, size_t channels) {
  static constexpr float kLine2[4][3] = {{1, 0, 0}, {0.5f, 0.5f, 0.5f}, {0.5f, -0.5f, 0.5f}, {0, 0, 1}};
  static constexpr float kLine4[6][3] = {{1 / 4.0f, 0, 0},
                                         {-1 / 6.0f, -1 / 6.0f, -1 / 6.0f},
                                         {-1 / 6.0f, 1 / 6.0f, -1 / 6.0f},
                                         {1 / 24.0f, 1 / 12.0f, 1 / 6.0f},
                                         {1 / 24.0f, -1 / 12.0f, 1 / 6.0f},
                                         {0, 0, 1}};
  const auto* line = side == 2 ? kLine2 : kLine4;
  const size_t matrix = F32WinogradPointWeightCount(columns, channels);
  Floats all(F32WinogradWeightCount(side, columns, channels));
  for (size_t point = 0; point < WinogradPoints(side); point++)
    for (size_t n = 0; n < columns; n++)
      for (size_t c = 0; c < channels; c++)
        for (size_t tap = 0; tap < 9; tap++)
          all[point * matrix + (n / kLanes * channels + c) * kLanes + n % kLanes] +=
              line[point / (side + 2)][tap / 3] * line[point % (side + 2)][tap % 3] * w[(n * 9 + tap) * channels + c];
  return all;
}

struct F32WinogradCase {
  size_t height, width, channels, columns, top, left, out_height, out_width, side, block;
  Floats x, w, bias, addend;
  float min;

  explicit F32WinogradCase(Draw* draw)
      : height(draw->Size(1, 12)), width(draw->Size(1, 12)), channels(draw->Size(1, 40)), columns(draw->Size(1, 40)), top(draw->Size(0, 3)),
        left(draw->Size(0, 3)), out_height(draw->Size(1, 14)), out_width(draw->Size(1, 14)), side(draw->Coin() ? 2 : 4),
        block(draw->Size(1, 20)), x(draw->Reals(height * width * channels + kLanes)), w(draw->Reals(columns * 9 * channels, -0.03f, 0.03f)),
        bias(draw->Reals(RoundUp(columns, kLanes))),
        addend(draw->Reals(out_height * out_width * columns)), min(draw->Coin() ? -INFINITY : 0) {}
  Floats Run(const Kernel<F32WinogradArgs>& kernel) const {
    const Floats packed = TransformedWeights(w, side, columns, channels);
    Floats y = Guarded<float>(out_height * out_width * columns);
    Floats scratch(F32WinogradScratchCount(side, block, channels, columns), NAN);
    // In two parts, as threads share an image.
    const size_t squares = WinogradSquares(out_height, out_width, side), middle = squares / 2;
    for (const auto& [first, end] : {std::pair{size_t{0}, middle}, std::pair{middle, squares}})
      kernel.run({x.data(), height, width, channels, top, left, out_height, out_width, columns, side, first, end, block, packed.data(),
                  F32WinogradPointWeightCount(columns, channels), bias.data(), min, 1, y.data(), columns, addend.data(), scratch.data()});
    return y;
  }
  // The sums that the filtering stands for.
  Floats Convolved() const {
    Floats y = Guarded<float>(out_height * out_width * columns);
    for (size_t i = 0; i < out_height * out_width * columns; i++) {
      const size_t n = i % columns, ox = i / columns % out_width, oy = i / columns / out_width;
      float sum = bias[n] + addend[i];
      for (size_t tap = 0; tap < 9; tap++) {
        const size_t iy = oy + tap / 3 - top, ix = ox + tap % 3 - left;
        if (iy >= height || ix >= width) continue;
        for (size_t c = 0; c < channels; c++) sum += x[(iy * width + ix) * channels + c] * w[(n * 9 + tap) * channels + c];
      }
      y[i] = std::fmin(std::fmax(sum, min), 1.0f);
    }
    return y;
  }
  void Print() const {
    std::printf("image %zux%zux%zu output %zux%zux%zu squares of %zu by %zu", height, width, channels, out_height, out_width, columns, side, block);
  }
};

// Trees of random depth; every leaf is numbered.
struct F32TreesCase {
  size_t rows, columns, stride;
  Floats x;
  std::vector<TreeNode> nodes;
  std::vector<Tree> trees;

  explicit F32TreesCase(Draw* draw)
      : rows(draw->Size(0, 40)), columns(draw->Size(1, 9)), stride(columns + draw->Size(0, 3)), x(draw->Reals(rows * stride + 1)) {
    for (float& v : x)
      if (draw->Int(0, 9) == 0) v = draw->Coin() ? NAN : 0;
    for (size_t count = draw->Size(0, 30); count > 0; count--) {
      nodes.push_back({});
      const auto root = static_cast<uint32_t>(nodes.size() - 1);
      trees.push_back({root, Grow(draw, root, static_cast<uint32_t>(draw->Int(0, 7)))});
    }
  }
  uint32_t Grow(Draw* draw, uint32_t at, uint32_t left) {
    if (left == 0 || draw->Int(0, 5) == 0) {
      nodes[at] = {NAN, 0, at, at};
      return 0;
    }
    const auto child = static_cast<uint32_t>(nodes.size());
    nodes[at] = {draw->Coin() ? 0 : draw->Reals(1)[0], static_cast<uint32_t>(draw->Size(0, static_cast<int64_t>(columns) - 1)), child, 0};
    nodes.resize(nodes.size() + 2);
    const uint32_t first = Grow(draw, child, left - 1), second = Grow(draw, child + 1, left - 1);
    return 1 + (first > second ? first : second);
  }
  std::vector<uint32_t> Run(const Kernel<F32TreesArgs>& kernel) const {
    auto leaves = Guarded<uint32_t>(trees.size() * rows);
    kernel.run({x.data(), rows, stride, nodes.data(), trees.data(), trees.size(), leaves.data()});
    return leaves;
  }
  void Print() const { std::printf("rows %zu columns %zu trees %zu", rows, columns, trees.size()); }
};

int TestWinogradIsConvolution(const Trial& trial) {
  if (!trial.Has(Isa::kScalar)) return 0;
  Draw draw(trial.seed);
  int differences = 0;
  for (int round = 0; round < trial.rounds; round++) {
    const F32WinogradCase test(&draw);
    if (Same(test.Run(F32WinogradFamily().kernels[0]), test.Convolved())) continue;
    differences++;
    std::printf("Winograd's filtering is no convolution at ");
    test.Print();
    std::printf("\n");
  }
  return differences;
}

struct F32SumCase {
  size_t pixels, channels, stride;
  Floats x;

  explicit F32SumCase(Draw* draw)
      : pixels(draw->Size(0, 100)), channels(draw->Coin() ? 1 : draw->Size(1, 100)), stride(channels + (draw->Coin() ? 0 : draw->Size(1, 9))),
        x(draw->Reals(pixels * stride + 1)) {}
  std::vector<double> Run(const Kernel<F32SumArgs>& kernel) const {
    auto sums = Guarded<double>(channels);
    kernel.run({x.data(), pixels, stride, channels, sums.data()});
    return sums;
  }
  void Print() const { std::printf("pixels %zu channels %zu", pixels, channels); }
};

struct WindowCase {
  size_t rows, pixels, channels;
  Floats x;
  std::vector<const float*> pointers;
  float min, max;

  explicit WindowCase(Draw* draw)
      : rows(draw->Size(0, 4)), pixels(draw->Size(0, 4)), channels(draw->Size(1, 70)), x(draw->Reals((pixels + 5) * channels)),
        min(draw->Coin() ? -INFINITY : 0), max(draw->Coin() ? INFINITY : 0.5f) {
    for (size_t r = 0; r < rows; r++) pointers.push_back(x.data() + draw->Size(0, 4) * channels);
  }
  void Print() const { std::printf("rows %zu pixels %zu channels %zu", rows, pixels, channels); }
};

struct F32MaxCase : WindowCase {
  explicit F32MaxCase(Draw* draw) : WindowCase(draw) {
    for (float& v : x)
      if (draw->Int(0, 9) == 0) v = NAN;
  }
  Floats Run(const Kernel<F32MaxArgs>& kernel) const {
    Floats y = Guarded<float>(channels);
    kernel.run({pointers.data(), rows, pixels, channels, channels, min, max, y.data()});
    return y;
  }
};

struct F32AverageCase : WindowCase {
  double divisor;

  explicit F32AverageCase(Draw* draw) : WindowCase(draw), divisor(static_cast<double>(draw->Int(1, 20))) {}
  Floats Run(const Kernel<F32AverageArgs>& kernel) const {
    Floats y = Guarded<float>(channels);
    kernel.run({pointers.data(), rows, pixels, channels, channels, divisor, min, max, y.data()});
    return y;
  }
};

struct F32UnaryCase {
  F32Function function;
  Floats x;

  explicit F32UnaryCase(Draw* draw) : function(static_cast<F32Function>(draw->Int(0, 5))) {
    const float reach = draw->Coin() ? 1 : draw->Coin() ? 8 : 110;
    x = draw->Reals(draw->Size(0, 70), -reach, reach);
    for (float& v : x)
      if (draw->Int(0, 19) == 0) v = draw->Coin() ? (draw->Coin() ? 1e30f : -1e30f) : draw->Coin() ? 0 : -87.5f;
  }
  Floats Run(const Kernel<F32UnaryArgs>& kernel) const {
    Floats y = Guarded<float>(x.size());
    kernel.run({function, x.data(), x.size(), y.data()});
    return y;
  }
  void Print() const { std::printf("function %d count %zu", static_cast<int>(function), x.size()); }
};

struct F32SoftmaxCase {
  size_t rows, length;
  float beta;
  Floats x;

  explicit F32SoftmaxCase(Draw* draw)
      : rows(draw->Size(0, 4)), length(draw->Size(1, 70)), beta(draw->Coin() ? 1 : 0.3f), x(draw->Reals(rows * length + 1, -20, 20)) {}
  Floats Run(const Kernel<F32SoftmaxArgs>& kernel) const {
    Floats y = Guarded<float>(rows * length);
    kernel.run({x.data(), rows, length, beta, y.data()});
    return y;
  }
  void Print() const { std::printf("rows %zu length %zu", rows, length); }
};

}  // namespace

int TestFloatFamilies(const Trial& trial) {
  return TestFamily<F32GemmCase>(F32GemmFamily(), trial) + TestFamily<F32DepthwiseCase>(F32DepthwiseFamily(), trial) +
         TestFamily<F32Depthwise3x3Case>(F32Depthwise3x3Family(), trial) + TestFamily<F32TreesCase>(F32TreesFamily(), trial) +
         TestFamily<F32SumCase>(F32SumFamily(), trial) + TestFamily<F32MaxCase>(F32MaxFamily(), trial) +
         TestFamily<F32AverageCase>(F32AverageFamily(), trial) +
         TestFamily<F32UnaryCase>(F32UnaryFamily(), trial) + TestFamily<F32SoftmaxCase>(F32SoftmaxFamily(), trial) +
         TestFamily<F32WinogradCase>(F32WinogradFamily(), trial) + TestWinogradIsConvolution(trial);
}

}  // namespace edgec
