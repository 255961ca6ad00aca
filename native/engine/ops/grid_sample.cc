// GridSample: each place mixes up to 16 pixels, all channels of each at once.
#include <algorithm>
#include <cmath>

#include "engine/cubic.h"
#include "engine/prepare.h"

namespace edgec {
namespace {

using Mode = GridSampleAttrs::Mode;
using Padding = GridSampleAttrs::Padding;

// What lies further outside than windows reach, and what is no number, is as good as this far.
constexpr float kReach = 4;
constexpr int32_t kBorder = -1;

// An axis of the image: its length, and between which positions it lies.
struct Axis {
  int32_t length;
  float first, last;

  Axis(int32_t size, bool align_corners)
      : length(size), first(align_corners ? 0.0f : -0.5f), last(static_cast<float>(size) - (align_corners ? 1.0f : 0.5f)) {}

  bool Outside(float position) const { return !(position >= first && position <= last); }

  float Reflected(float position) const {
    const float range = last - first;
    if (range == 0) return first;
    if (!Outside(position)) return position;
    const float beyond = position < first ? first - position : position - last;
    const float times = std::trunc(beyond / range), rest = beyond - times * range;
    return (std::fmod(times, 2.0f) == 0) == (position < first) ? first + rest : last - rest;
  }

  // −1 to 1 as a position.
  float At(float place, const GridSampleAttrs& a) const {
    const float ahead = place + 1, size = static_cast<float>(length);
    const float position = a.alignCorners ? ahead / 2 * (size - 1) : (ahead * size - 1) / 2;
    return a.mode == Mode::kNearest ? std::nearbyint(position) : position;
  }

  // A position that is mirrored where the padding asks for that, and not too far.
  float Drawn(float position, Padding padding) const {
    if (padding == Padding::kReflection) position = Reflected(position);
    return position >= -kReach ? std::min(position, static_cast<float>(length) + kReach) : -kReach;
  }

  int32_t Index(int32_t i, Padding padding) const {
    if (i >= 0 && i < length) return i;
    if (padding == Padding::kZeros) return kBorder;
    if (padding == Padding::kReflection) i = static_cast<int32_t>(Reflected(static_cast<float>(i)));
    return std::max(0, std::min(length - 1, i));
  }
};

// What a sample mixes along an axis: elements, kBorder for a 0, and how much of each.
struct Taps {
  int count = 0;
  int32_t index[4];
  double weight[4];

  Taps(double position, const Axis& axis, const GridSampleAttrs& a) {
    const double low = std::floor(position), rest = position - low;
    const auto add = [&](int k, double w) {
      index[count] = axis.Index(static_cast<int32_t>(low) + k, a.padding);
      weight[count++] = w;
    };
    if (a.mode == Mode::kNearest) {
      add(0, 1);
    } else if (a.mode == Mode::kLinear) {
      add(0, 1 - rest);
      add(1, rest);
    } else {
      for (int k = -1; k < 3; k++) add(k, CubicWeight(rest - k));
    }
  }
};

struct Sampler {
  GridSampleAttrs attrs;
  Axis across, down;
  size_t channels;
  std::vector<double> sums;

  void Sample(const float* image, const float* place, float* y) {
    const Taps columns(across.Drawn(across.At(place[0], attrs), attrs.padding), across, attrs);
    const Taps rows(down.Drawn(down.At(place[1], attrs), attrs.padding), down, attrs);
    std::fill(sums.begin(), sums.end(), 0.0);
    for (int i = 0; i < rows.count; i++)
      for (int j = 0; j < columns.count; j++) {
        if (rows.index[i] == kBorder || columns.index[j] == kBorder) continue;
        const double weight = rows.weight[i] * columns.weight[j];
        const float* from = image + (static_cast<size_t>(rows.index[i]) * static_cast<size_t>(across.length) + static_cast<size_t>(columns.index[j])) * channels;
        for (size_t c = 0; c < channels; c++) sums[c] += weight * from[c];
      }
    for (size_t c = 0; c < channels; c++) y[c] = static_cast<float>(sums[c]);
  }
};

}  // namespace

Status PrepareGridSample(const Preparation& p, Step* step) {
  GridSampleAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &grid = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, DType::kFloat32, 4) && Is(grid, DType::kFloat32, 4) && Is(y, DType::kFloat32, 4), "bad operands");
  EDGEC_CHECK(grid.dim(0) == x.dim(0) && grid.dim(3) == 2 && x.dim(1) > 0 && x.dim(2) > 0, "the grid does not fit");
  EDGEC_CHECK(y.dim(0) == grid.dim(0) && y.dim(1) == grid.dim(1) && y.dim(2) == grid.dim(2) && y.dim(3) == x.dim(3), "the output does not fit");
  auto sampler = std::make_shared<Sampler>(
      Sampler{a, Axis(x.shape[2], a.alignCorners), Axis(x.shape[1], a.alignCorners), x.dim(3), std::vector<double>(x.dim(3))});
  step->run = [=, &x, &grid, &y] {
    const size_t places = y.dim(1) * y.dim(2), pixels = x.dim(1) * x.dim(2) * x.dim(3);
    for (size_t i = 0; i < x.dim(0) * places; i++)
      sampler->Sample(x.as<float>() + i / places * pixels, grid.as<float>() + 2 * i, y.as<float>() + i * x.dim(3));
  };
  return Status::Ok();
}

}  // namespace edgec
