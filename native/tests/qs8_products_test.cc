// Integer matrix products and depthwise convolutions: every variant against the scalar one, bit for bit.
#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "tests/integer_sums.h"
#include "kernels/qs8_depthwise/qs8_depthwise.h"
#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"
#include "kernels/qs8_gemm/qs8_gemm.h"
#include "kernels/qs8_gemv/qs8_gemv.h"
#include "kernels/qs8_winograd/qs8_winograd.h"

namespace edgec {
namespace {

// Weights that a window has of one column.
using OfColumn = std::array<int8_t, Qs8Windows::kBytes>;

// Whether no lane saturates that adds these.
bool FitTogether(const OfColumn& a, const OfColumn& b) {
  for (size_t lane = 0; lane < a.size(); lane += 2) {
    int positive = 0, negative = 0;
    for (const int8_t v : {a[lane], a[lane + 1], b[lane], b[lane + 1]}) (v > 0 ? positive : negative) += v;
    if (positive > 128 || negative < -128) return false;
  }
  return true;
}

// Windows as kernels take them, of every four bytes of a run, some of them inverted; what is too much for a lane comes in windows of
// one byte.
class TestWindows {
 public:
  TestWindows(const int8_t* w, size_t columns, const std::vector<int32_t>& runs, size_t depth, bool gathered) : inverted_(columns), gathered_(gathered) {
    const size_t form = Qs8Windows::FormBytes(runs.size(), depth);
    for (size_t n = 0; n < columns; n += Qs8Windows::kColumns) {
      Some pairs, singles;
      for (size_t r = 0; r < runs.size(); r++)
        for (size_t k = 0; k < depth; k += Qs8Windows::kBytes) {
          const size_t run = gathered ? r * RoundUp(depth, Qs8Windows::kBytes) : static_cast<size_t>(runs[r]);
          const bool inverted = gathered && k / 4 % 3 == 1;
          Weights four{};
          for (size_t i = 0; i < std::min(depth - k, Qs8Windows::kBytes); i++) {
            Weights one{};
            for (size_t c = 0; c < std::min(columns - n, Qs8Windows::kColumns); c++) {
              Take(w[((n + c) * runs.size() + r) * depth + k + i], inverted && i % 2 == 1, i, &four[c], &one[c][0]);
              if (inverted && i % 2 == 1) inverted_[n + c] += four[c][i];
            }
            Add(run + k + i, one, &singles);
          }
          const bool fits = pairs.offsets.size() % 2 == 0 || FitTogether(four, pairs.weights.back());
          Add(run + k + (inverted ? form : 0), four, fits ? &pairs : &singles);
        }
      const size_t paired = pairs.offsets.size() / 2;
      blocks_.push_back({static_cast<uint32_t>(all_.offsets.size()), static_cast<uint32_t>(paired),
                         static_cast<uint32_t>(pairs.offsets.size() - 2 * paired + singles.offsets.size())});
      for (const Some& some : {pairs, singles}) {
        all_.offsets.insert(all_.offsets.end(), some.offsets.begin(), some.offsets.end());
        all_.weights.insert(all_.weights.end(), some.weights.begin(), some.weights.end());
      }
    }
  }
  // Whether rows of so many runs have few enough quads.
  static bool Fit(size_t runs, size_t depth) { return runs * RoundUp(depth, Qs8Windows::kBytes) <= Qs8Windows::kMostQuads * Qs8Windows::kBytes; }
  Qs8Windows Get() const {
    return {blocks_.data(), all_.offsets.data(), reinterpret_cast<const Qs8Windows::Weights*>(all_.weights.data()), gathered_};
  }
  // Of each column what windows have for inverted bytes.
  const std::vector<int32_t>& inverted() const { return inverted_; }

 private:
  using Weights = std::array<OfColumn, Qs8Windows::kColumns>;
  static_assert(sizeof(Weights) == sizeof(Qs8Windows::Weights));
  struct Some {
    std::vector<uint16_t> offsets;
    std::vector<Weights> weights;
  };

  static void Take(int weight, bool inverted, size_t byte, OfColumn* four, int8_t* rest) {
    const int taken = inverted ? -weight : weight, sum = byte % 2 == 1 ? taken + (*four)[byte - 1] : taken;
    if (taken <= 127 && sum >= -128 && sum <= 128) (*four)[byte] = static_cast<int8_t>(taken);
    else *rest = static_cast<int8_t>(weight);
  }
  static void Add(size_t offset, const Weights& weights, Some* to) {
    if (weights == Weights{}) return;
    to->offsets.push_back(static_cast<uint16_t>(offset));
    to->weights.push_back(weights);
  }
  static bool FitTogether(const Weights& a, const Weights& b) {
    return std::equal(a.begin(), a.end(), b.begin(), [](const OfColumn& x, const OfColumn& y) { return edgec::FitTogether(x, y); });
  }

  std::vector<Qs8Windows::Block> blocks_;
  Some all_;
  std::vector<int32_t> inverted_;
  bool gathered_;
};

// Windows of single columns as kernels take them, of every other quad inverted; what is too much for a lane comes in windows of one byte.
class TestColumnWindows {
 public:
  TestColumnWindows(const int8_t* w, size_t columns, size_t runs, size_t depth) : inverted_(columns) {
    const size_t run_quads = RoundUp(depth, Qs8ColumnWindows::kBytes) / Qs8ColumnWindows::kBytes;
    for (size_t n = 0; n < columns; n += Qs8ColumnWindows::kSpan)
      // Blocks of a span come in any order.
      for (size_t c = std::min(columns - n, Qs8ColumnWindows::kSpan); c-- > 0;) {
        Some pairs, singles;
        for (size_t q = 0; q < runs * run_quads; q++) {
          Weights quad{};
          const size_t k = q % run_quads * Qs8ColumnWindows::kBytes;
          std::copy_n(w + ((n + c) * runs + q / run_quads) * depth + k, std::min(depth - k, Qs8ColumnWindows::kBytes), quad.begin());
          inverted_[n + c] += AddQuad(q, quad, &pairs, &singles);
        }
        AddBlock(c, pairs, singles);
      }
  }
  // Whether rows of so many runs have few enough quads.
  static bool Fit(size_t runs, size_t depth) {
    return runs * RoundUp(depth, Qs8ColumnWindows::kBytes) <= Qs8ColumnWindows::kMostQuads * Qs8ColumnWindows::kBytes;
  }
  Qs8ColumnWindows Get() const {
    return {blocks_.data(), all_.places.data(), reinterpret_cast<const Qs8ColumnWindows::Weights*>(all_.weights.data())};
  }
  const std::vector<int32_t>& inverted() const { return inverted_; }

 private:
  using Weights = OfColumn;
  static_assert(sizeof(Weights) == sizeof(Qs8ColumnWindows::Weights));
  struct Some {
    std::vector<uint8_t> places;
    std::vector<Weights> weights;
  };

  // What windows have for inverted bytes.
  static int32_t AddQuad(size_t quad, Weights w, Some* pairs, Some* singles) {
    const bool inverted = quad % 2 == 1;
    Weights rest{};
    int32_t sum_inverted = 0;
    for (size_t i = 1; i < Qs8ColumnWindows::kBytes; i += 2) {
      const int taken = inverted ? -w[i] : w[i], sum = w[i - 1] + taken;
      if (taken > 127 || sum < -128 || sum > 128) std::swap(w[i], rest[i]);
      else w[i] = static_cast<int8_t>(taken);
      if (inverted) sum_inverted += w[i];
    }
    const size_t place = quad * Qs8ColumnWindows::kForms;
    Add(place, rest, singles);
    Add(place + inverted, w, pairs->places.size() % 2 == 0 || FitTogether(w, pairs->weights.back()) ? pairs : singles);
    return sum_inverted;
  }
  static void Add(size_t place, const Weights& weights, Some* to) {
    if (weights == Weights{}) return;
    to->places.push_back(static_cast<uint8_t>(place));
    to->weights.push_back(weights);
  }
  void AddBlock(size_t column, const Some& pairs, const Some& singles) {
    const size_t paired = pairs.places.size() / 2;
    blocks_.push_back({static_cast<uint32_t>(all_.places.size()), static_cast<uint8_t>(paired),
                       static_cast<uint8_t>(pairs.places.size() - 2 * paired + singles.places.size()), static_cast<uint16_t>(column)});
    for (const Some* some : {&pairs, &singles}) {
      all_.places.insert(all_.places.end(), some->places.begin(), some->places.end());
      all_.weights.insert(all_.weights.end(), some->weights.begin(), some->weights.end());
    }
  }

  std::vector<Qs8ColumnWindows::Block> blocks_;
  Some all_;
  std::vector<int32_t> inverted_;
};

// Any number of columns, or as many as rows that fill vectors have.
size_t DrawColumns(Draw* draw) { return draw->Int(0, 3) > 0 ? draw->Size(1, 200) : size_t{8} << draw->Int(0, 3); }

struct Qs8GemmCase {
  size_t lines, rows, columns, segments, depth, a_stride, a_line, y_stride, y_line;
  std::vector<int32_t> offsets;
  std::vector<int8_t> a, w;
  std::vector<int32_t> weight_sums;
  Sums sums;
  bool flip;
  int windowed;  // 0: not, else as windows of 8 columns or, 2, of single ones
  bool gathered;

  explicit Qs8GemmCase(Draw* draw, size_t most_rows = 40)
      : lines(most_rows > 1 ? draw->Size(1, 3) : 1), rows(draw->Size(1, static_cast<int64_t>(most_rows))), columns(DrawColumns(draw)), segments(draw->Size(1, 4)),
        depth(draw->Size(1, 100)), sums(draw, columns, int64_t{1} << draw->Int(0, 29)), flip(draw->Coin()),
        windowed(draw->Int(0, 2)), gathered(draw->Coin()) {
    if (draw->Int(0, 3) == 0) lines = rows = 1;
    if (draw->Int(0, 24) == 0) MakeLong(draw, most_rows > 1 ? 40000 : kQs8GemvMostDepth - 16);
    // A few rows lie so far apart that few of them stay in a cache.
    a_stride = draw->Size(1, draw->Int(0, 7) > 0 ? 2 * static_cast<int64_t>(depth) : 4000);
    a_line = rows * a_stride + draw->Size(0, 9);
    y_stride = columns + (draw->Coin() ? 0 : draw->Size(0, 9));
    y_line = rows * y_stride + (draw->Coin() ? 0 : draw->Size(0, 9));
    for (size_t s = 0; s < segments; s++) offsets.push_back(static_cast<int32_t>(draw->Int(0, 300)));
    a = draw->Bytes(lines * a_line + 300 + depth);
    w = draw->Coin() ? draw->Bytes(columns * segments * depth) : Trained(draw, columns * segments * depth);
    weight_sums.assign(columns, 0);
    for (size_t i = 0; i < w.size(); i++) weight_sums[i / (segments * depth)] += w[i];
  }
  // Many small weights and few large ones, so that windows fit together.
  static std::vector<int8_t> Trained(Draw* draw, size_t count) {
    std::vector<int8_t> weights(count);
    for (int8_t& w : weights) w = static_cast<int8_t>(draw->Int(-128, 127) * draw->Int(0, 127) * draw->Int(0, 127) / (127 * 127));
    return weights;
  }
  // Few rows, but more depth than a kernel keeps beside the operands.
  void MakeLong(Draw* draw, int64_t most) {
    depth = draw->Size(4000, most) / segments;
    lines = 1;
    rows = 1 + (rows - 1) % 7;
  }
  Bytes Run(const Kernel<Qs8GemmArgs>& kernel) const {
    std::vector<int8_t> packed(Qs8GemmWeightBytes(columns, segments, depth));
    PackQs8Gemm(kernel.layout, w.data(), columns, segments, depth, packed.data());
    const size_t padded = RoundUp(depth, kQs8GemmDepthUnit);
    const bool gather = gathered && TestWindows::Fit(segments, depth);
    const TestWindows made(w.data(), columns, offsets, depth, gather);
    const bool fit = TestColumnWindows::Fit(segments, depth);
    const TestColumnWindows made_of_columns(w.data(), columns, fit ? segments : 0, depth);
    const int way = kernel.layout.windows ? windowed == 2 && !fit ? 1 : windowed : 0;
    PackedSums s(sums, weight_sums, kernel.layout, RoundUp(columns, kLanes), [](size_t n) { return n; });
    for (size_t n = 0; n < columns && way > 0; n++) s.bias[n] -= 255 * (way == 1 ? made.inverted() : made_of_columns.inverted())[n];
    const Bytes stored = Stored(a, kernel.layout);
    Bytes y = Guarded<uint8_t>(lines * y_line);
    Qs8GemmArgs args{stored.data(), lines, rows, a_line, a_stride, offsets.data(), segments, padded, columns, way > 0 ? nullptr : packed.data(),
                     s.requant, y.data(), y_line, y_stride, static_cast<uint8_t>(flip ? 0x80 : 0), way == 1 ? made.Get() : Qs8Windows(),
                     way == 2 ? made_of_columns.Get() : Qs8ColumnWindows()};
    Bytes scratch(Qs8GemmScratchBytes(args));
    args.scratch = scratch.data();
    kernel.run(args);
    return y;
  }
  void Print() const { std::printf("lines %zu rows %zu columns %zu segments %zu depth %zu windowed %d gathered %d", lines, rows, columns, segments, depth, windowed, gathered); }
};

struct Qs8GemvCase : Qs8GemmCase {
  explicit Qs8GemvCase(Draw* draw) : Qs8GemmCase(draw, 1) {}
};

struct Qs8DepthwiseCase {
  size_t pixels, taps, channels, period;
  std::vector<int8_t> x, w;
  std::vector<size_t> places;
  std::vector<int32_t> weight_sums;
  Sums sums;
  bool flip;

  // A period below the channels divides every group.
  explicit Qs8DepthwiseCase(Draw* draw)
      : pixels(draw->Size(1, 12)), taps(draw->Size(1, 26)), channels(draw->Size(1, 140)),
        period(draw->Int(0, 3) == 0 ? size_t{1} << draw->Int(0, 4) : channels), sums(draw, period, int64_t{1} << draw->Int(0, 29)),
        flip(draw->Coin()) {
    x = draw->Bytes(channels * 10);
    w = draw->Bytes(taps * period);
    for (size_t i = 0; i < pixels * taps; i++) places.push_back(draw->Size(0, 9) * channels);
    weight_sums.assign(period, 0);
    for (size_t i = 0; i < w.size(); i++) weight_sums[i % period] += w[i];
  }
  Bytes Run(const Kernel<Qs8DepthwiseArgs>& kernel) const {
    const Layout& layout = kernel.layout;
    const bool repeat = period != channels;
    const size_t wide = repeat ? layout.group : channels, quads = RoundUp(taps, 4) / 4, padded = RoundUp(wide, layout.group);
    std::vector<int8_t> spread(taps * wide), packed(padded * quads * 4);
    for (size_t i = 0; i < spread.size(); i++) spread[i] = w[i / wide * period + i % wide % period];
    PackQs8Depthwise(layout, spread.data(), taps, wide, packed.data());
    const auto channel = [&](size_t n) { return n % period; };
    const PackedSums s(sums.Over(wide, channel), Spread(weight_sums, wide, channel), layout, padded, [&](size_t n) { return GroupOrder(layout, n); });
    const Bytes stored = Stored(x, layout);
    std::vector<const uint8_t*> pointers;
    for (size_t p = 0; p < pixels; p++)
      for (size_t t = 0; t < quads * 4; t++) pointers.push_back(stored.data() + (t < taps ? places[p * taps + t] : 0));
    Bytes y = Guarded<uint8_t>(pixels * channels);
    kernel.run({pointers.data(), pixels, quads, channels, repeat ? wide : channels, packed.data(), s.requant, y.data(), static_cast<uint8_t>(flip ? 0x80 : 0)});
    return y;
  }
  void Print() const { std::printf("pixels %zu taps %zu channels %zu period %zu", pixels, taps, channels, period); }
};

struct Qs8Depthwise3x3Case {
  size_t height, width, channels, stride_y, stride_x, top, left, out_height, out_width, sets;
  std::vector<int8_t> x, w;
  std::vector<int32_t> weight_sums;
  Sums sums;
  int8_t fill;
  bool flip;

  // A few images are wide, and a few deep.
  explicit Qs8Depthwise3x3Case(Draw* draw)
      : height(draw->Size(1, 12)), width(draw->Int(0, 7) > 0 ? draw->Size(1, 9) : draw->Size(40, 120)),
        channels(draw->Coin() ? size_t{1} << draw->Size(0, 6) : draw->Int(0, 15) > 0 ? draw->Size(1, 140) : draw->Size(890, 910)),
        stride_y(draw->Size(1, 2)), stride_x(draw->Size(1, 2)), top(draw->Size(0, 2)), left(draw->Size(0, 2)), out_height(draw->Size(1, 12)),
        out_width(width < 40 ? draw->Size(1, 7) : draw->Size(1, 120)), sets(draw->Size(1, 2)),
        x(draw->Bytes(height * width * channels)), w(draw->Bytes(sets * 9 * channels)), weight_sums(channels),
        sums(draw, channels, int64_t{1} << draw->Int(0, 29)), fill(static_cast<int8_t>(draw->Int(-128, 127))), flip(draw->Coin()) {
    for (size_t i = 0; i < w.size(); i++) weight_sums[i % channels] += w[i];
  }
  Bytes Run(const Kernel<Qs8Depthwise3x3Args>& variant) const {
    // The engine gives two sets to variants that take them.
    const auto& kernel = variant.layout.sets < sets ? Qs8Depthwise3x3Family().kernels[0] : variant;
    const Layout& layout = kernel.layout;
    const size_t padded = RoundUp(channels, layout.group);
    std::vector<int8_t> packed(sets * padded * 12);
    for (size_t s = 0; s < sets; s++) PackQs8Depthwise3x3(layout, w.data() + s * 9 * channels, channels, packed.data() + s * padded * 12);
    const auto channel = [&](size_t place) { return Qs8Depthwise3x3Channel(layout, channels, place); };
    const PackedSums s(sums.Over(padded, channel), Spread(weight_sums, padded, channel), layout, padded, [&](size_t n) { return GroupOrder(layout, n); });
    const Bytes stored = Stored(x, layout);
    Bytes y = Guarded<uint8_t>(out_height * out_width * channels);
    kernel.run({stored.data(), height, width, channels, out_height, out_width, stride_y, stride_x, top, left, Stored({fill}, layout)[0],
                packed.data(), s.requant, y.data(), static_cast<uint8_t>(flip ? 0x80 : 0), sets});
    return y;
  }
  void Print() const {
    std::printf("image %zux%zux%zu strides %zu %zu output %zux%zu sets %zu", height, width, channels, stride_y, stride_x, out_height, out_width, sets);
  }
};

struct Qs8WinogradCase {
  size_t height, width, channels, columns, top, left, out_height, out_width, side, block;
  std::vector<int8_t> x, w;
  std::vector<int32_t> weight_sums;
  Sums sums;
  int8_t fill;
  bool flip;

  // A few have as many channels as their sums can bear with weights that are all the largest.
  explicit Qs8WinogradCase(Draw* draw)
      : height(draw->Size(1, 12)), width(draw->Size(1, 12)), channels(2 * (draw->Int(0, 15) > 0 ? draw->Size(1, 20) : draw->Size(50, 57))),
        columns(draw->Size(1, 40)), top(draw->Size(0, 3)), left(draw->Size(0, 3)), out_height(draw->Size(1, 14)), out_width(draw->Size(1, 14)),
        side(draw->Coin() ? 2 : 4), block(draw->Size(1, 20)), x(draw->Bytes(height * width * channels)), w(draw->Bytes(columns * 9 * channels)),
        weight_sums(columns), sums(draw, columns, int64_t{1} << draw->Int(0, 29)), fill(static_cast<int8_t>(draw->Int(-128, 127))), flip(draw->Coin()) {
    for (size_t i = 0; i < w.size(); i++) weight_sums[i / (9 * channels)] += w[i];
  }
  Bytes Run(const Kernel<Qs8WinogradArgs>& kernel) const {
    const Layout& layout = kernel.layout;
    std::vector<int8_t> packed(Qs8GemmWeightBytes(columns, 3, 3 * channels));
    PackQs8Gemm(layout, w.data(), columns, 3, 3 * channels, packed.data());
    const PackedSums s(sums, weight_sums, layout, RoundUp(columns, kLanes), [](size_t n) { return n; });
    const Bytes stored = Stored(x, layout);
    std::vector<uint8_t> scratch(Qs8WinogradScratchBytes(side, block, channels), 0xaa);
    Bytes y = Guarded<uint8_t>(out_height * out_width * columns);
    // In two parts, as threads share an image.
    const size_t squares = WinogradSquares(out_height, out_width, side), middle = squares / 2;
    for (const auto& [first, end] : {std::pair{size_t{0}, middle}, std::pair{middle, squares}})
      kernel.run({stored.data(), height, width, channels, top, left, Stored({fill}, layout)[0], out_height, out_width, columns, side, first, end,
                  block, packed.data(), s.requant, y.data(), columns, static_cast<uint8_t>(flip ? 0x80 : 0), scratch.data()});
    return y;
  }
  void Print() const {
    std::printf("image %zux%zux%zu columns %zu border %zu %zu output %zux%zu side %zu block %zu", height, width, channels, columns, top, left,
                out_height, out_width, side, block);
  }
};

}  // namespace

int TestIntegerProducts(const Trial& trial) {
  return TestFamily<Qs8GemmCase>(Qs8GemmFamily(), trial) + TestFamily<Qs8GemvCase>(Qs8GemvFamily(), trial) + TestFamily<Qs8DepthwiseCase>(Qs8DepthwiseFamily(), trial) +
         TestFamily<Qs8Depthwise3x3Case>(Qs8Depthwise3x3Family(), trial) + TestFamily<Qs8WinogradCase>(Qs8WinogradFamily(), trial);
}

}  // namespace edgec
