#ifndef EDGEC_ENGINE_WINDOW_H_
#define EDGEC_ENGINE_WINDOW_H_

#include "engine/prepare.h"

namespace edgec {

// Geometry of a window over a channels-last value, checked against its operands.
struct Window {
  size_t batch, height, width, channels, out_height, out_width, kernel_height, kernel_width;
  size_t stride_y, stride_x, dilation_y, dilation_x;
  int64_t top, left;

  size_t taps() const { return kernel_height * kernel_width; }
  // Rows and columns of the image and its border that the windows reach.
  size_t reach_y() const { return (out_height - 1) * stride_y + (kernel_height - 1) * dilation_y + 1; }
  size_t reach_x() const { return (out_width - 1) * stride_x + (kernel_width - 1) * dilation_x + 1; }
};

constexpr int64_t kMaxReach = 1 << 24;  // rows or columns of a bordered image

template <typename A>
Status MakeWindow(const Value& x, const Value& w, const Value& y, const A& a, Window* window) {
  EDGEC_CHECK(x.shape.size() == 4 && w.shape.size() == 4 && y.shape.size() == 4, "operands need rank 4");
  EDGEC_CHECK(a.strides[0] > 0 && a.strides[1] > 0 && a.dilations[0] > 0 && a.dilations[1] > 0, "bad strides or dilations");
  EDGEC_CHECK(x.dim(0) == y.dim(0), "the batch changes");
  EDGEC_CHECK(x.count > 0 && y.count > 0 && w.count > 0, "an operand is empty");
  const auto unsign = [](int32_t v) { return static_cast<size_t>(v); };
  *window = {x.dim(0), x.dim(1), x.dim(2), x.dim(3), y.dim(1), y.dim(2), w.dim(1), w.dim(2),
             unsign(a.strides[0]), unsign(a.strides[1]), unsign(a.dilations[0]), unsign(a.dilations[1]), a.pads[0], a.pads[1]};
  const auto too_far = [](size_t outputs, size_t stride, size_t taps, size_t dilation) {
    return static_cast<double>(outputs - 1) * static_cast<double>(stride) + static_cast<double>(taps - 1) * static_cast<double>(dilation) > kMaxReach;
  };
  EDGEC_CHECK(a.pads[0] >= 0 && a.pads[1] >= 0 && a.pads[0] <= kMaxReach && a.pads[1] <= kMaxReach &&
                  !too_far(window->out_height, window->stride_y, window->kernel_height, window->dilation_y) &&
                  !too_far(window->out_width, window->stride_x, window->kernel_width, window->dilation_x),
              "a window reaches too far");
  return Status::Ok();
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_WINDOW_H_
