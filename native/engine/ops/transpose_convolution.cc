// Transposed convolutions: for every output pixel, the sum over the inputs whose window reaches it.
#include <algorithm>

#include "engine/prepare.h"
#include "engine/int16.h"
#include "engine/int8.h"

namespace edgec {
namespace {

struct Geometry {
  int64_t batch, height, width, channels, outputs, kernel_height, kernel_width, out_height, out_width;
  int64_t stride_y, stride_x, dilation_y, dilation_x, top, left;
};

template <typename A>
Status MakeGeometry(const Value& x, const Value& w, const Value& y, const A& a, Geometry* g) {
  EDGEC_CHECK(x.shape.size() == 4 && w.shape.size() == 4 && y.shape.size() == 4, "operands need rank 4");
  EDGEC_CHECK(a.strides[0] > 0 && a.strides[1] > 0 && a.dilations[0] > 0 && a.dilations[1] > 0, "bad strides or dilations");
  EDGEC_CHECK(x.shape[0] == y.shape[0] && w.shape[3] == x.shape[3] && y.shape[3] == w.shape[0], "weights do not fit");
  EDGEC_CHECK(x.count > 0 && w.count > 0 && y.count > 0, "an operand is empty");
  *g = {x.shape[0],   x.shape[1],   x.shape[2],     x.shape[3],     w.shape[0], w.shape[1], w.shape[2], y.shape[1],
        y.shape[2],   a.strides[0], a.strides[1],   a.dilations[0], a.dilations[1],         a.pads[0],  a.pads[1]};
  return Status::Ok();
}

// The input index that tap `k` reaches from output `o`, or -1.
int64_t Source(int64_t o, int64_t k, int64_t pad, int64_t stride, int64_t dilation, int64_t size) {
  const int64_t at = o + pad - k * dilation;
  return at < 0 || at % stride != 0 || at / stride >= size ? -1 : at / stride;
}

// Weights OHWI as [tap][input][output].
template <typename T, typename S>
std::vector<T> PackByTap(const Geometry& g, const S* w, int32_t zero_point) {
  const int64_t taps = g.kernel_height * g.kernel_width;
  std::vector<T> packed(static_cast<size_t>(taps * g.channels * g.outputs));
  for (int64_t o = 0; o < g.outputs; o++)
    for (int64_t k = 0; k < taps * g.channels; k++)
      packed[static_cast<size_t>(k * g.outputs + o)] = static_cast<T>(w[o * taps * g.channels + k] - static_cast<T>(zero_point));
  return packed;
}

// Calls store(first element of the pixel, sums) for every output pixel.
template <typename X, typename W, typename Acc, typename F>
void Accumulate(const Geometry& g, const X* x, const W* weights, const Acc* bias, Acc zero_point, Acc* sums, F store) {
  int64_t first = 0;
  for (int64_t b = 0; b < g.batch; b++)
    for (int64_t oy = 0; oy < g.out_height; oy++)
      for (int64_t ox = 0; ox < g.out_width; ox++, first += g.outputs) {
        std::copy(bias, bias + g.outputs, sums);
        for (int64_t ky = 0; ky < g.kernel_height; ky++) {
          const int64_t iy = Source(oy, ky, g.top, g.stride_y, g.dilation_y, g.height);
          for (int64_t kx = 0; iy >= 0 && kx < g.kernel_width; kx++) {
            const int64_t ix = Source(ox, kx, g.left, g.stride_x, g.dilation_x, g.width);
            if (ix < 0) continue;
            const X* pixel = x + ((b * g.height + iy) * g.width + ix) * g.channels;
            const W* row = weights + (ky * g.kernel_width + kx) * g.channels * g.outputs;
            for (int64_t c = 0; c < g.channels; c++, row += g.outputs) {
              const Acc v = static_cast<Acc>(pixel[c]) - zero_point;
              for (int64_t o = 0; o < g.outputs; o++) sums[o] += v * static_cast<Acc>(row[o]);
            }
          }
        }
        store(first, sums);
      }
}

template <typename W, typename Acc>
struct Packed {
  std::vector<W> weights;
  std::vector<Acc> bias, sums;
};

}  // namespace

Status PrepareTransposeConv2d(const Preparation& p, Step* step) {
  TransposeConv2dAttrs a;
  Geometry g;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  const Value* bias = p.inputs.size() > 2 ? p.inputs[2] : nullptr;
  EDGEC_RETURN_IF_ERROR(MakeGeometry(x, w, y, a, &g));
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && w.constant,
              "operands have other types");
  const auto outputs = static_cast<size_t>(g.outputs);
  EDGEC_CHECK(!bias || (bias->constant && bias->dtype == DType::kFloat32 && bias->count == outputs), "bias does not fit");
  auto packed = std::make_shared<Packed<float, float>>();
  packed->weights = PackByTap<float>(g, w.as<float>(), 0);
  packed->bias.assign(outputs, 0);
  packed->sums.resize(outputs);
  if (bias) std::copy_n(bias->as<float>(), outputs, packed->bias.data());
  step->run = [=, &x, &y] {
    Accumulate(g, x.as<float>(), packed->weights.data(), packed->bias.data(), 0.0f, packed->sums.data(),
               [&](int64_t first, const float* sums) {
                 float* to = y.as<float>() + first;
                 for (int64_t o = 0; o < g.outputs; o++)
                   to[o] = sums[o] < a.clampMin ? a.clampMin : sums[o] > a.clampMax ? a.clampMax : sums[o];
               });
  };
  return Status::Ok();
}

Status PrepareQTransposeConv2d(const Preparation& p, Step* step) {
  QTransposeConv2dAttrs a;
  Geometry g;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &b = *p.inputs[2], &m = *p.inputs[3], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeGeometry(x, w, y, a, &g));
  EDGEC_CHECK(x.dtype == DType::kInt8 && w.dtype == DType::kInt8 && y.dtype == DType::kInt8 && w.constant,
              "operands have other types");
  const auto outputs = static_cast<size_t>(g.outputs);
  EDGEC_CHECK(b.constant && b.dtype == DType::kInt32 && b.count == outputs && m.constant && m.dtype == DType::kFloat32 &&
                  m.count == outputs,
              "bias or multipliers do not fit");
  EDGEC_CHECK(IsInt8(a.inputZeroPoint) && IsInt8(a.weightZeroPoint) &&
                  IsOutputRange(a.outputZeroPoint, a.outputMin, a.outputMax),
              "bad zero point or bounds");
  auto packed = std::make_shared<Packed<int16_t, int32_t>>();
  packed->weights = PackByTap<int16_t>(g, w.as<int8_t>(), a.weightZeroPoint);
  packed->bias.assign(b.as<int32_t>(), b.as<int32_t>() + outputs);
  packed->sums.resize(outputs);
  step->run = [=, &x, &y, &m] {
    Accumulate(g, x.as<int8_t>(), packed->weights.data(), packed->bias.data(), a.inputZeroPoint, packed->sums.data(),
               [&](int64_t first, const int32_t* sums) {
                 int8_t* to = y.as<int8_t>() + first;
                 for (int64_t o = 0; o < g.outputs; o++)
                   to[o] = RequantizeSum(sums[o], m.as<float>()[o], a.outputZeroPoint, a.outputMin, a.outputMax);
               });
  };
  return Status::Ok();
}

Status PrepareQTransposeConv2dInt16(const Preparation& p, Step* step) {
  QTransposeConv2dInt16Attrs a;
  Geometry g;
  EDGEC_CHECK(HasOperands(p, 5) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeGeometry(x, w, y, a, &g));
  EDGEC_CHECK(x.dtype == DType::kInt16 && w.dtype == DType::kInt8 && y.dtype == DType::kInt16 && w.constant, "operands have other types");
  const auto outputs = static_cast<size_t>(g.outputs);
  Int16Channels channels;
  const auto terms = static_cast<size_t>(g.kernel_height * g.kernel_width * g.channels);
  EDGEC_RETURN_IF_ERROR(MakeInt16Channels(p, outputs, a.wide, a.outputMin, a.outputMax, terms, &channels));
  auto packed = std::make_shared<Packed<int8_t, int64_t>>();
  packed->weights = PackByTap<int8_t>(g, w.as<int8_t>(), 0);
  packed->bias.assign(outputs, 0);
  packed->sums.resize(outputs);
  step->run = [=, &x, &y] {
    Accumulate(g, x.as<int16_t>(), packed->weights.data(), packed->bias.data(), int64_t{0}, packed->sums.data(), [&](int64_t first, const int64_t* sums) {
      for (size_t o = 0; o < outputs; o++) y.as<int16_t>()[static_cast<size_t>(first) + o] = channels.Finish(o, sums[o]);
    });
  };
  return Status::Ok();
}

}  // namespace edgec
