// Resize in float and for bytes (nearest), and QResizeBilinear.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/cubic.h"
#include "engine/prepare.h"
#include "engine/split.h"
#include "kernels/qs8_blend/qs8_blend.h"

namespace edgec {
namespace {

using Coordinates = ResizeAttrs::Coordinates;
using Nearest = ResizeAttrs::Nearest;

// Position in the input of output index `i` on spatial axis 0 or 1.
float SourceOf(int32_t i, size_t axis, int32_t size_in, const ResizeAttrs& a) {
  const int32_t size_out = a.size[axis];
  const float scale = a.scales[axis];
  if (a.coordinates == Coordinates::kAsymmetric) return static_cast<float>(static_cast<double>(i) / scale);
  if (a.coordinates == Coordinates::kAlignCorners)
    return size_out == 1 ? 0 : static_cast<float>(static_cast<double>(i) * (size_in - 1) / (size_out - 1));
  if (a.coordinates == Coordinates::kPytorchHalfPixel && size_out == 1) return 0;
  return static_cast<float>((i + 0.5) / scale) - 0.5f;
}

double Rounded(double x, Nearest rounding) {
  switch (rounding) {
    case Nearest::kFloor:
      return std::floor(x);
    case Nearest::kCeil:
      return std::ceil(x);
    case Nearest::kRoundPreferFloor:
      return std::ceil(x - 0.5);
    default:
      return std::floor(x + 0.5);
  }
}

// Of every output index along an axis: the input indices that it mixes, and how much of each.
struct Taps {
  size_t count = 1;
  std::vector<size_t> index;
  std::vector<double> weight;

  void Add(double position, int32_t size_in, double w) {
    const double last = size_in - 1;
    index.push_back(static_cast<size_t>(position > 0 ? std::min(position, last) : 0.0));
    weight.push_back(w);
  }
};

Taps TapsOf(size_t axis, int32_t size_in, const ResizeAttrs& a) {
  Taps taps;
  taps.count = a.mode == ResizeAttrs::Mode::kNearest ? 1 : a.mode == ResizeAttrs::Mode::kLinear ? 2 : 4;
  for (int32_t i = 0; i < a.size[axis]; i++) {
    const double x = SourceOf(i, axis, size_in, a);
    if (a.mode == ResizeAttrs::Mode::kNearest) {
      taps.Add(Rounded(x, a.nearest), size_in, 1);
    } else if (a.mode == ResizeAttrs::Mode::kLinear) {
      const double c = std::max(0.0, std::min<double>(size_in - 1, x)), low = std::floor(c);
      taps.Add(low, size_in, 1 - (c - low));
      taps.Add(low + 1, size_in, c - low);
    } else {
      const double low = std::floor(x);
      for (int k = -1; k < 3; k++) taps.Add(low + k, size_in, CubicWeight(x - (low + k)));
    }
  }
  return taps;
}

struct Plan {
  Taps rows, columns;
  std::vector<double> sums;
};

void Nearest8Or32(const Plan& plan, const Value& x, const Value& y) {
  const size_t pixel = x.dim(3) * ElementBytes(x.dtype), height = x.dim(1), width = x.dim(2);
  uint8_t* to = y.data;
  for (size_t b = 0; b < x.dim(0); b++)
    for (size_t iy : plan.rows.index)
      for (size_t ix : plan.columns.index) {
        std::memcpy(to, x.data + ((b * height + iy) * width + ix) * pixel, pixel);
        to += pixel;
      }
}

void Interpolate(Plan* plan, const Value& x, const Value& y) {
  const size_t channels = x.dim(3), height = x.dim(1), width = x.dim(2);
  const Taps &rows = plan->rows, &columns = plan->columns;
  double* sums = plan->sums.data();
  float* to = y.as<float>();
  for (size_t b = 0; b < x.dim(0); b++)
    for (size_t oy = 0; oy < y.dim(1); oy++)
      for (size_t ox = 0; ox < y.dim(2); ox++, to += channels) {
        std::fill(sums, sums + channels, 0.0);
        for (size_t i = oy * rows.count; i < (oy + 1) * rows.count; i++)
          for (size_t j = ox * columns.count; j < (ox + 1) * columns.count; j++) {
            const double weight = rows.weight[i] * columns.weight[j];
            const float* from = x.as<float>() + ((b * height + rows.index[i]) * width + columns.index[j]) * channels;
            for (size_t c = 0; c < channels; c++) sums[c] += weight * from[c];
          }
        for (size_t c = 0; c < channels; c++) to[c] = static_cast<float>(sums[c]);
      }
}

bool AreIndices(const Value& v, size_t count, size_t limit) {
  if (!v.constant || v.dtype != DType::kInt32 || v.count != count) return false;
  const int32_t* indices = v.as<int32_t>();
  return std::all_of(indices, indices + count, [&](int32_t i) { return i >= 0 && static_cast<size_t>(i) < limit; });
}

constexpr double kMacsOfAnElement = 16;  // what can be multiplied while one is interpolated

// Lines of bytes mixed along the width, in units of 1/2048. The last two are kept, since neighbouring lines of outputs often
// mix the same.
class MixedLines {
 public:
  // `room` has place for two lines of outputs.
  MixedLines(size_t channels, const int32_t* columns, const int32_t* weights, size_t out_width, int32_t* room)
      : channels_(channels), columns_(columns), weights_(weights), out_width_(out_width), mixed_{room, room + out_width * channels} {}

  std::pair<const int32_t*, const int32_t*> Take(const int8_t* top, const int8_t* bottom) {
    const size_t t = Held(top) < 2 ? Held(top) : Held(bottom) == 0 ? 1 : 0;
    Mix(top, t);
    const size_t b = top == bottom ? t : 1 - t;
    Mix(bottom, b);
    return {mixed_[t], mixed_[b]};
  }

 private:
  size_t Held(const int8_t* line) const { return line == lines_[0] ? 0 : line == lines_[1] ? 1 : 2; }

  void Mix(const int8_t* line, size_t slot) {
    if (lines_[slot] == line) return;
    lines_[slot] = line;
    int32_t* to = mixed_[slot];
    for (size_t o = 0; o < out_width_; o++, to += channels_) {
      const int8_t* left = line + static_cast<size_t>(columns_[2 * o]) * channels_;
      const int8_t* right = line + static_cast<size_t>(columns_[2 * o + 1]) * channels_;
      const int32_t weight = weights_[o];
      for (size_t c = 0; c < channels_; c++) to[c] = left[c] * 2048 + (right[c] - left[c]) * weight;
    }
  }

  size_t channels_;
  const int32_t *columns_, *weights_;
  size_t out_width_;
  const int8_t* lines_[2] = {};
  int32_t* mixed_[2];
};

}  // namespace

Status PrepareResize(const Preparation& p, Step* step) {
  ResizeAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.shape.size() == 4 && y.shape.size() == 4 && x.dtype == y.dtype && x.count > 0, "operands do not fit");
  EDGEC_CHECK(y.shape[0] == x.shape[0] && y.shape[1] == a.size[0] && y.shape[2] == a.size[1] && y.shape[3] == x.shape[3],
              "the output does not fit");
  EDGEC_CHECK(a.scales[0] > 0 && a.scales[1] > 0, "bad scales");
  const bool nearest = a.mode == ResizeAttrs::Mode::kNearest;
  EDGEC_CHECK(x.dtype == DType::kFloat32 || (nearest && x.dtype == DType::kInt8), "operands have other types");
  auto plan = std::make_shared<Plan>();
  plan->rows = TapsOf(0, x.shape[1], a);
  plan->columns = TapsOf(1, x.shape[2], a);
  plan->sums.resize(x.dim(3));
  if (nearest)
    step->run = [=, &x, &y] { Nearest8Or32(*plan, x, y); };
  else
    step->run = [=, &x, &y] { Interpolate(plan.get(), x, y); };
  return Status::Ok();
}

Status PrepareQResizeBilinear(const Preparation& p, Step* step) {
  QResizeBilinearAttrs a;
  EDGEC_CHECK(HasOperands(p, 5) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, DType::kInt8, 4) && Is(y, DType::kInt8, 4) && x.dim(0) == y.dim(0) && x.dim(3) == y.dim(3),
              "operands do not fit");
  const size_t out_height = y.dim(1), out_width = y.dim(2), height = x.dim(1), width = x.dim(2), channels = x.dim(3);
  EDGEC_CHECK(AreIndices(*p.inputs[1], 2 * out_height, height) && AreIndices(*p.inputs[3], 2 * out_width, width),
              "indices leave the input");
  EDGEC_CHECK(AreIndices(*p.inputs[2], out_height, 2049) && AreIndices(*p.inputs[4], out_width, 2049), "bad weights");
  const auto *rows = p.inputs[1]->as<int32_t>(), *row_weights = p.inputs[2]->as<int32_t>();
  const auto *columns = p.inputs[3]->as<int32_t>(), *column_weights = p.inputs[4]->as<int32_t>();
  const size_t line = out_width * channels, room = RoundUp(2 * line * sizeof(int32_t), 64);
  p.scratch->Need(room * (p.pool ? p.pool->threads() : 1));
  const double macs = kMacsOfAnElement * static_cast<double>(y.count);
  const auto& kernel = Qs8BlendFamily().Best(p.isa);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    Split(pool, x.dim(0) * out_height, macs, [&](size_t first, size_t end) {
      MixedLines lines(channels, columns, column_weights, out_width, reinterpret_cast<int32_t*>(scratch->data() + Pool::Worker() * room));
      for (size_t l = first; l < end; l++) {
        const size_t oy = l % out_height;
        const int8_t* image = x.as<int8_t>() + l / out_height * height * width * channels;
        const auto [top, bottom] = lines.Take(image + static_cast<size_t>(rows[2 * oy]) * width * channels,
                                              image + static_cast<size_t>(rows[2 * oy + 1]) * width * channels);
        run({top, bottom, row_weights[oy], line, y.as<int8_t>() + l * line});
      }
    });
  };
  return Status::Ok();
}

}  // namespace edgec
