// RoiAlign: samples of each cell of a region, all channels of each at once.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/prepare.h"

namespace edgec {
namespace {

// Samples along one axis of one cell, and cells along one axis.
constexpr int32_t kMostSamples = 4096, kMostCells = 1 << 16;
constexpr const char* kTooLarge = "RoiAlign: a region is too large";
constexpr const char* kNoImage = "RoiAlign: an index is out of range";

// Two neighbours on an axis, and how much of the second.
struct Sample {
  bool inside = false;
  size_t low = 0, high = 0;
  double share = 0;

  Sample(float place, size_t length) {
    const auto size = static_cast<float>(length);
    if (!(place >= -1 && place <= size)) return;
    inside = true;
    const float at = std::max(0.0f, place);
    low = static_cast<size_t>(at);
    if (low + 1 >= length) {
      low = high = length - 1;
    } else {
      high = low + 1;
      share = at - static_cast<float>(low);
    }
  }
};

// The cells of a region along one axis of the image.
struct Cells {
  float start, cell;
  int32_t count;

  // False where a region has too many samples.
  bool Set(float first, float last, const RoiAlignAttrs& a, size_t axis) {
    const float span = a.halfPixel ? last - first : std::max(last - first, 1.0f);
    start = first;
    cell = span / static_cast<float>(a.size[axis]);
    const float samples = a.samplingRatio > 0 ? static_cast<float>(a.samplingRatio) : std::max(std::ceil(cell), 0.0f);
    if (!(samples <= kMostSamples)) return false;
    count = static_cast<int32_t>(samples);
    return true;
  }

  Sample At(size_t i, int32_t k, size_t length) const {
    const float first = start + static_cast<float>(i) * cell;
    return Sample(first + (static_cast<float>(k) + 0.5f) * cell / static_cast<float>(count), length);
  }
};

struct Aligner {
  RoiAlignAttrs attrs;
  size_t height, width, channels;
  std::vector<double> sums;

  void Add(const float* image, const Sample& v, const Sample& h) {
    const bool greatest = attrs.mode == RoiAlignAttrs::Mode::kMax, inside = v.inside && h.inside;
    if (!inside && !greatest) return;
    const auto pixel = [&](size_t row, size_t column) { return image + (row * width + column) * channels; };
    const float *a = pixel(v.low, h.low), *b = pixel(v.low, h.high), *c = pixel(v.high, h.low), *d = pixel(v.high, h.high);
    const double top = inside ? 1 - v.share : 0, bottom = inside ? v.share : 0, left = 1 - h.share, right = h.share;
    for (size_t i = 0; i < channels; i++) {
      const double shares[] = {top * left * a[i], top * right * b[i], bottom * left * c[i], bottom * right * d[i]};
      sums[i] = greatest ? std::max({sums[i], shares[0], shares[1], shares[2], shares[3]}) : sums[i] + (shares[0] + shares[1] + shares[2] + shares[3]);
    }
  }

  void Cell(const float* image, const Cells& down, const Cells& across, size_t row, size_t column, float* y) {
    const bool greatest = attrs.mode == RoiAlignAttrs::Mode::kMax;
    const int64_t count = int64_t{down.count} * across.count;
    std::fill(sums.begin(), sums.end(), greatest && count > 0 ? -std::numeric_limits<double>::infinity() : 0.0);
    for (int32_t i = 0; i < down.count; i++)
      for (int32_t j = 0; j < across.count; j++) Add(image, down.At(row, i, height), across.At(column, j, width));
    const double divisor = greatest ? 1 : static_cast<double>(std::max<int64_t>(1, count));
    for (size_t i = 0; i < channels; i++) y[i] = static_cast<float>(sums[i] / divisor);
  }

  // False where the region has too many samples.
  bool Region(const float* image, const float* roi, float* y) {
    const float offset = attrs.halfPixel ? 0.5f : 0.0f, scale = attrs.spatialScale;
    Cells down, across;
    if (!down.Set(roi[1] * scale - offset, roi[3] * scale - offset, attrs, 0)) return false;
    if (!across.Set(roi[0] * scale - offset, roi[2] * scale - offset, attrs, 1)) return false;
    const auto rows = static_cast<size_t>(attrs.size[0]), columns = static_cast<size_t>(attrs.size[1]);
    for (size_t row = 0; row < rows; row++)
      for (size_t column = 0; column < columns; column++, y += channels) Cell(image, down, across, row, column, y);
    return true;
  }
};

}  // namespace

Status PrepareRoiAlign(const Preparation& p, Step* step) {
  RoiAlignAttrs a;
  EDGEC_CHECK(HasOperands(p, 3) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &rois = *p.inputs[1], &images = *p.inputs[2], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, DType::kFloat32, 4) && Is(rois, DType::kFloat32, 2) && Is(images, DType::kInt32, 1) && Is(y, DType::kFloat32, 4), "bad operands");
  EDGEC_CHECK(rois.dim(1) == 4 && images.count == rois.dim(0) && x.dim(1) > 0 && x.dim(2) > 0, "the regions do not fit");
  for (const int32_t size : {a.size[0], a.size[1]}) EDGEC_CHECK(size >= 1 && size <= kMostCells, "bad size");
  EDGEC_CHECK(a.samplingRatio >= 0 && a.samplingRatio <= kMostSamples, "bad sampling ratio");
  EDGEC_CHECK(y.dim(0) == images.count && y.shape[1] == a.size[0] && y.shape[2] == a.size[1] && y.dim(3) == x.dim(3), "the output does not fit");
  auto aligner = std::make_shared<Aligner>(Aligner{a, x.dim(1), x.dim(2), x.dim(3), std::vector<double>(x.dim(3))});
  step->run = [=, reported = p.fault, &x, &rois, &images, &y] {
    const size_t region = y.dim(1) * y.dim(2) * y.dim(3), image = x.dim(1) * x.dim(2) * x.dim(3);
    const auto batch = static_cast<int64_t>(x.dim(0));
    for (size_t r = 0; r < images.count; r++) {
      const int64_t given = images.as<int32_t>()[r], at = given < 0 ? given + batch : given;
      if (at < 0 || at >= batch) {
        *reported = kNoImage;
        return;
      }
      if (!aligner->Region(x.as<float>() + static_cast<size_t>(at) * image, rois.as<float>() + 4 * r, y.as<float>() + r * region)) {
        *reported = kTooLarge;
        return;
      }
    }
  };
  return Status::Ok();
}

}  // namespace edgec
