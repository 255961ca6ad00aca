// Ops of int16 values: convolution, sum, scaling.
#include <algorithm>
#include <cmath>

#include "engine/broadcast.h"
#include "engine/int16.h"
#include "engine/window.h"

namespace edgec {

Status MakeInt16Channels(const Preparation& p, size_t outputs, bool wide, int32_t low, int32_t high, size_t terms, Int16Channels* channels) {
  const Value &b = *p.inputs[2], &m = *p.inputs[3], &s = *p.inputs[4];
  EDGEC_CHECK(low >= INT16_MIN && low <= high && high <= INT16_MAX, "bad bounds");
  // A product is below 2^22, a bias below 2^31: this many terms stay in the range of the wide scaling.
  EDGEC_CHECK(terms < (size_t{1} << 24), "a window is too large");
  for (const Value* constant : {&b, &m, &s})
    EDGEC_CHECK(constant->constant && constant->dtype == DType::kInt32 && constant->count == outputs, "bias, multipliers or shifts do not fit");
  *channels = {std::vector<int32_t>(b.as<int32_t>(), b.as<int32_t>() + outputs), {}, wide, low, high};
  for (size_t o = 0; o < outputs; o++) {
    channels->scaling.push_back({m.as<int32_t>()[o], s.as<int32_t>()[o]});
    EDGEC_CHECK(IsScaling(channels->scaling.back()), "bad multiplier or shift");
  }
  return Status::Ok();
}

namespace {

int16_t Clamped(int64_t v, int32_t low, int32_t high) {
  return static_cast<int16_t>(std::max<int64_t>(low, std::min<int64_t>(high, v)));
}

// The sum of one output over the taps of its window that lie inside the image.
int64_t SumWindow(const Window& g, const int16_t* image, const int8_t* weights, size_t depth, int64_t y0, int64_t x0) {
  int64_t sum = 0;
  for (size_t ky = 0; ky < g.kernel_height; ky++) {
    const int64_t iy = y0 + static_cast<int64_t>(ky * g.dilation_y);
    if (iy < 0 || iy >= static_cast<int64_t>(g.height)) continue;
    for (size_t kx = 0; kx < g.kernel_width; kx++) {
      const int64_t ix = x0 + static_cast<int64_t>(kx * g.dilation_x);
      if (ix < 0 || ix >= static_cast<int64_t>(g.width)) continue;
      const int16_t* pixel = image + (static_cast<size_t>(iy) * g.width + static_cast<size_t>(ix)) * g.channels;
      const int8_t* tap = weights + (ky * g.kernel_width + kx) * depth;
      int64_t products = 0;
      for (size_t c = 0; c < depth; c++) products += int32_t{pixel[c]} * tap[c];
      sum += products;
    }
  }
  return sum;
}

}  // namespace

int16_t Int16Channels::Finish(size_t o, int64_t sum) const {
  const int64_t acc = sum + bias[o];
  const int64_t scaled = wide ? Scale64(acc, scaling[o]) : Scale32(static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(acc))), scaling[o]);
  return Clamped(scaled, low, high);
}

Status PrepareQConv2dInt16(const Preparation& p, Step* step) {
  QConv2dInt16Attrs a;
  EDGEC_CHECK(HasOperands(p, 5) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  Window g{};
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &g));
  EDGEC_CHECK(x.dtype == DType::kInt16 && w.dtype == DType::kInt8 && y.dtype == DType::kInt16, "operands have other types");
  const size_t outputs = w.dim(0), depth = w.dim(3), groups = static_cast<size_t>(std::max(a.group, 0));
  EDGEC_CHECK(groups >= 1 && depth * groups == g.channels && outputs % groups == 0 && y.dim(3) == outputs, "weights do not fit");
  Int16Channels channels;
  EDGEC_RETURN_IF_ERROR(MakeInt16Channels(p, outputs, a.wide, a.outputMin, a.outputMax, g.taps() * depth, &channels));
  const size_t per_group = outputs / groups;
  step->run = [=, &x, &w, &y] {
    int16_t* to = y.as<int16_t>();
    for (size_t b = 0; b < g.batch; b++)
      for (size_t oy = 0; oy < g.out_height; oy++)
        for (size_t ox = 0; ox < g.out_width; ox++)
          for (size_t o = 0; o < outputs; o++) {
            const int16_t* image = x.as<int16_t>() + b * g.height * g.width * g.channels + o / per_group * depth;
            const int8_t* weights = w.as<int8_t>() + o * g.taps() * depth;
            const int64_t y0 = static_cast<int64_t>(oy * g.stride_y) - g.top, x0 = static_cast<int64_t>(ox * g.stride_x) - g.left;
            *to++ = channels.Finish(o, SumWindow(g, image, weights, depth, y0, x0));
          }
  };
  return Status::Ok();
}

Status PrepareQAddInt16(const Preparation& p, Step* step) {
  QAddInt16Attrs q;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &q), "bad operands or attributes");
  const Value &a = *p.inputs[0], &b = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(a.dtype == DType::kInt16 && b.dtype == DType::kInt16 && y.dtype == DType::kInt16, "operands have other types");
  EDGEC_CHECK(q.outputMin >= INT16_MIN && q.outputMin <= q.outputMax && q.outputMax <= INT16_MAX, "bad bounds");
  const Scaling left{q.aMultiplier, q.aShift}, right{q.bMultiplier, q.bShift}, output{q.outputMultiplier, q.outputShift};
  EDGEC_CHECK(IsScaling(left) && IsScaling(right) && IsScaling(output) && left.shift <= 0 && right.shift <= 0, "bad multipliers");
  Broadcast broadcast;
  EDGEC_RETURN_IF_ERROR(MakeBroadcast({&a, &b}, y, &broadcast));
  const int32_t sign = q.subtract ? -1 : 1;
  step->run = [=, &a, &b, &y] {
    ApplyBinary(broadcast, a.as<int16_t>(), b.as<int16_t>(), y.as<int16_t>(), [=](int16_t u, int16_t v) {
      const int64_t sum = int64_t{Scale32(u * (1 << 15), left)} + int64_t{sign} * Scale32(v * (1 << 15), right);
      return Clamped(Scale32(static_cast<int32_t>(sum), output), q.outputMin, q.outputMax);
    });
  };
  return Status::Ok();
}

namespace {

template <typename From, typename To>
void ScaleAll(const Value& x, const Value& y, const Scaling& up, const Scaling& down) {
  for (size_t i = 0; i < y.count; i++) {
    const int32_t v = x.as<From>()[i];
    const int32_t scaled = Scale32(v, v >= 0 ? up : down);
    y.as<To>()[i] = static_cast<To>(std::max<int32_t>(std::numeric_limits<To>::min(), std::min<int32_t>(std::numeric_limits<To>::max(), scaled)));
  }
}

}  // namespace

Status PrepareQScale(const Preparation& p, Step* step) {
  QScaleAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const Scaling up{a.positiveMultiplier, a.positiveShift}, down{a.negativeMultiplier, a.negativeShift};
  EDGEC_CHECK(IsScaling(up) && IsScaling(down) && x.count == y.count, "bad multipliers");
  const bool from16 = x.dtype == DType::kInt16, to16 = y.dtype == DType::kInt16;
  EDGEC_CHECK((from16 || x.dtype == DType::kInt32) && (to16 || y.dtype == DType::kInt32), "operands have other types");
  const auto run = from16 ? (to16 ? ScaleAll<int16_t, int16_t> : ScaleAll<int16_t, int32_t>) : (to16 ? ScaleAll<int32_t, int16_t> : ScaleAll<int32_t, int32_t>);
  step->run = [=, &x, &y] { run(x, y, up, down); };
  return Status::Ok();
}

Status PrepareQuantizeInt16(const Preparation& p, Step* step) {
  QuantizeInt16Attrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kInt16 && x.count == y.count, "operands do not fit");
  EDGEC_CHECK(a.scale > 0 && std::isfinite(a.scale), "a scale is not a positive number");
  step->run = [scale = a.scale, &x, &y] {
    for (size_t i = 0; i < y.count; i++) {
      const float ratio = x.as<float>()[i] / scale;
      const double rounded = std::copysign(std::floor(std::fabs(static_cast<double>(ratio)) + 0.5), ratio);
      y.as<int16_t>()[i] = std::isnan(ratio) ? int16_t{0} : static_cast<int16_t>(std::max(-32768.0, std::min(32767.0, rounded)));
    }
  };
  return Status::Ok();
}

}  // namespace edgec
