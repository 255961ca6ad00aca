// Conv2d and FullyConnected, float and int8: rows of patches times packed weights.
#include <algorithm>
#include <cmath>

#include "engine/prepare.h"

namespace edgec {
namespace {

constexpr size_t kTileRows = 48;

// Geometry of a window over a channels-last value, checked against its operands.
struct Window {
  size_t batch, height, width, channels, out_height, out_width, kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, top, left;

  size_t rows() const { return batch * out_height * out_width; }
};

template <typename A>
Status MakeWindow(const Value& x, const Value& w, const Value& y, const A& a, Window* window) {
  EDGEC_CHECK(x.shape.size() == 4 && w.shape.size() == 4 && y.shape.size() == 4, "operands need rank 4");
  EDGEC_CHECK(a.strides[0] > 0 && a.strides[1] > 0 && a.dilations[0] > 0 && a.dilations[1] > 0, "bad strides or dilations");
  EDGEC_CHECK(x.dim(0) == y.dim(0), "the batch changes");
  EDGEC_CHECK(x.count > 0 && y.count > 0 && w.count > 0, "an operand is empty");
  *window = {x.dim(0),       x.dim(1),       x.dim(2),         x.dim(3),         y.dim(1),  y.dim(2), w.dim(1),
             w.dim(2),       a.strides[0],   a.strides[1],     a.dilations[0],   a.dilations[1],      a.pads[0], a.pads[1]};
  return Status::Ok();
}

// Copies the patches of output rows [first, first + count): `depth` elements each, padded with `fill`.
template <typename S, typename T, typename F>
void Patches(const Window& w, const S* x, size_t channel0, size_t channels, size_t first, size_t count, size_t depth, T fill,
             T* patches, F convert) {
  for (size_t i = 0; i < count; i++) {
    const size_t row = first + i;
    const size_t ox = row % w.out_width, oy = row / w.out_width % w.out_height, b = row / w.out_width / w.out_height;
    T* out = patches + i * depth;
    T* const end = out + depth;
    for (size_t ky = 0; ky < w.kernel_height; ky++) {
      const int64_t iy = static_cast<int64_t>(oy) * w.stride_y + static_cast<int64_t>(ky) * w.dilation_y - w.top;
      const int64_t left = static_cast<int64_t>(ox) * w.stride_x - w.left;
      const bool whole = iy >= 0 && iy < static_cast<int64_t>(w.height) && left >= 0 && w.dilation_x == 1 &&
                         channels == w.channels && left + static_cast<int64_t>(w.kernel_width) <= static_cast<int64_t>(w.width);
      if (whole) {
        const S* from = x + ((b * w.height + static_cast<size_t>(iy)) * w.width + static_cast<size_t>(left)) * channels;
        const size_t run = w.kernel_width * channels;
        for (size_t i = 0; i < run; i++) out[i] = convert(from[i]);
        out += run;
        continue;
      }
      for (size_t kx = 0; kx < w.kernel_width; kx++, out += channels) {
        const int64_t ix = static_cast<int64_t>(ox) * w.stride_x + static_cast<int64_t>(kx) * w.dilation_x - w.left;
        if (iy < 0 || ix < 0 || iy >= static_cast<int64_t>(w.height) || ix >= static_cast<int64_t>(w.width)) {
          std::fill(out, out + channels, fill);
          continue;
        }
        const S* from = x + ((b * w.height + static_cast<size_t>(iy)) * w.width + static_cast<size_t>(ix)) * w.channels + channel0;
        for (size_t c = 0; c < channels; c++) out[c] = convert(from[c]);
      }
    }
    std::fill(out, end, fill);
  }
}

struct QuantParams {
  int32_t zx, zw, zy, min, max;
};

template <typename A>
QuantParams ParamsOf(const A& a) {
  return {a.inputZeroPoint, a.weightZeroPoint, a.outputZeroPoint, a.outputMin, a.outputMax};
}

// Weights of one group packed for qs8_gemm; the zero points are folded into the bias.
struct PackedQs8 {
  size_t depth, columns;  // depth is padded to a multiple of 4
  std::vector<int8_t> weights;
  std::vector<int32_t> bias;
  std::vector<float> multiplier;
  Requant requant;
};

void PackQs8(const int8_t* w, const int32_t* bias, const float* multiplier, size_t columns, size_t depth, const QuantParams& q,
             PackedQs8* packed) {
  packed->depth = RoundUp(depth, 4);
  packed->columns = columns;
  const size_t padded = RoundUp(columns, kLanes);
  packed->weights.assign(padded * packed->depth, 0);
  packed->bias.assign(padded, 0);
  packed->multiplier.assign(padded, 0);
  for (size_t n = 0; n < columns; n++) {
    int64_t sum = bias[n];
    for (size_t k = 0; k < depth; k++) {
      const int8_t v = w[n * depth + k];
      packed->weights[n / kLanes * kLanes * packed->depth + k / 4 * 64 + n % kLanes * 4 + k % 4] = v;
      sum -= static_cast<int64_t>(v) * (q.zx + 128);
    }
    packed->bias[n] = static_cast<int32_t>(sum);
    packed->multiplier[n] = multiplier[n];
  }
  packed->requant = {packed->bias.data(), packed->multiplier.data(), q.zy, q.min, q.max};
}

Status CheckQuant(const Preparation& p, size_t columns, const QuantParams& q) {
  const Value &b = *p.inputs[2], &m = *p.inputs[3];
  EDGEC_CHECK(p.inputs[0]->dtype == DType::kInt8 && p.inputs[1]->dtype == DType::kInt8 && p.outputs[0]->dtype == DType::kInt8,
              "operands have other types");
  EDGEC_CHECK(b.dtype == DType::kInt32 && m.dtype == DType::kFloat32 && b.count == columns && m.count == columns,
              "bias or multipliers do not fit");
  EDGEC_CHECK(p.inputs[1]->constant && b.constant && m.constant, "weights have to be constant");
  EDGEC_CHECK(q.zx >= -128 && q.zx <= 127 && q.zw >= -128 && q.zw <= 127 && q.zy >= -128 && q.zy <= 127, "bad zero point");
  EDGEC_CHECK(q.min >= -128 && q.max <= 127 && q.min <= q.max, "bad bounds");
  return Status::Ok();
}

int8_t RequantizeOne(int32_t acc, float multiplier, const QuantParams& q) {
  float v = static_cast<float>(acc) * multiplier;
  v = std::min(std::max(v, static_cast<float>(q.min - q.zy)), static_cast<float>(q.max - q.zy));
  return static_cast<int8_t>(q.zy + static_cast<int32_t>(std::nearbyint(v)));
}

// Weights with a zero point of their own: uint8 models. One sum at a time, from a patch.
void SumsWithWeightZero(const uint8_t* patches, size_t rows, size_t stride, size_t depth, size_t columns, const int8_t* w,
                        const int32_t* bias, const float* multiplier, const QuantParams& q, int8_t* y, size_t y_stride) {
  for (size_t r = 0; r < rows; r++)
    for (size_t n = 0; n < columns; n++) {
      int32_t acc = bias[n];
      for (size_t k = 0; k < depth; k++) acc += (patches[r * stride + k] - 128 - q.zx) * (w[n * depth + k] - q.zw);
      y[r * y_stride + n] = RequantizeOne(acc, multiplier[n], q);
    }
}

template <typename T>
struct PackedF32 {
  std::vector<T> weights, bias;
};

PackedF32<float> PackF32(const float* w, const float* bias, size_t columns, size_t depth) {
  const size_t padded = RoundUp(columns, kLanes);
  PackedF32<float> packed{std::vector<float>(padded * depth), std::vector<float>(padded)};
  for (size_t n = 0; n < columns; n++) {
    packed.bias[n] = bias ? bias[n] : 0;
    for (size_t k = 0; k < depth; k++) packed.weights[(n / kLanes * depth + k) * kLanes + n % kLanes] = w[n * depth + k];
  }
  return packed;
}

const float* FloatBias(const Preparation& p, size_t columns, Status* status) {
  if (p.inputs.size() < 3 || !p.inputs[2]) return nullptr;
  const Value& b = *p.inputs[2];
  if (b.dtype != DType::kFloat32 || b.count != columns || !b.constant) *status = Bad("bias does not fit");
  return b.as<float>();
}

}  // namespace

Status PrepareQConv2d(const Preparation& p, Step* step) {
  QConv2dAttrs a;
  Window window;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  const QuantParams q = ParamsOf(a);
  const size_t columns = w.dim(0);
  EDGEC_RETURN_IF_ERROR(CheckQuant(p, columns, q));
  const size_t groups = static_cast<size_t>(std::max(a.group, 0));
  EDGEC_CHECK(groups > 0 && columns % groups == 0 && w.dim(3) * groups == x.dim(3) && y.dim(3) == columns, "bad groups");
  const size_t per_group = columns / groups, channels = w.dim(3), depth = w.dim(1) * w.dim(2) * channels;
  auto packed = std::make_shared<std::vector<PackedQs8>>(groups);
  for (size_t g = 0; g < groups; g++)
    PackQs8(w.as<int8_t>() + g * per_group * depth, p.inputs[2]->as<int32_t>() + g * per_group,
            p.inputs[3]->as<float>() + g * per_group, per_group, depth, q, &(*packed)[g]);
  const size_t padded = RoundUp(depth, 4);
  auto patches = std::make_shared<std::vector<uint8_t>>(kTileRows * padded + 64);
  const auto* bias = p.inputs[2]->as<int32_t>();
  const auto* multiplier = p.inputs[3]->as<float>();
  const KernelSet* kernels = p.kernels;
  step->kernel = kernels->isa;
  step->run = [=, &x, &w, &y] {
    const auto fill = static_cast<uint8_t>(q.zx + 128);
    for (size_t g = 0; g < groups; g++)
      for (size_t first = 0; first < window.rows(); first += kTileRows) {
        const size_t rows = std::min(kTileRows, window.rows() - first);
        Patches(window, x.as<int8_t>(), g * channels, channels, first, rows, padded, fill, patches->data(),
                [](int8_t v) { return static_cast<uint8_t>(v ^ 0x80); });
        int8_t* out = y.as<int8_t>() + first * columns + g * per_group;
        if (q.zw != 0)
          SumsWithWeightZero(patches->data(), rows, padded, depth, per_group, w.as<int8_t>() + g * per_group * depth,
                             bias + g * per_group, multiplier + g * per_group, q, out, columns);
        else
          kernels->qs8_gemm({patches->data(), rows, padded, per_group, (*packed)[g].weights.data(), (*packed)[g].requant, out, columns});
      }
  };
  return Status::Ok();
}

Status PrepareQFullyConnected(const Preparation& p, Step* step) {
  QFullyConnectedAttrs a;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(w.shape.size() == 2 && !x.shape.empty() && x.dim(-1) == w.dim(1) && w.count > 0, "weights do not fit");
  const size_t columns = w.dim(0), depth = w.dim(1), rows = x.count / depth;
  EDGEC_CHECK(y.count == rows * columns, "the output does not fit");
  const QuantParams q = ParamsOf(a);
  EDGEC_RETURN_IF_ERROR(CheckQuant(p, columns, q));
  auto packed = std::make_shared<PackedQs8>();
  const auto* bias = p.inputs[2]->as<int32_t>();
  const auto* multiplier = p.inputs[3]->as<float>();
  PackQs8(w.as<int8_t>(), bias, multiplier, columns, depth, q, packed.get());
  const size_t padded = packed->depth;
  auto patches = std::make_shared<std::vector<uint8_t>>(kTileRows * padded + 64);
  const KernelSet* kernels = p.kernels;
  step->kernel = kernels->isa;
  step->run = [=, &x, &w, &y] {
    for (size_t first = 0; first < rows; first += kTileRows) {
      const size_t count = std::min(kTileRows, rows - first);
      for (size_t r = 0; r < count; r++) {
        const int8_t* from = x.as<int8_t>() + (first + r) * depth;
        uint8_t* to = patches->data() + r * padded;
        for (size_t k = 0; k < depth; k++) to[k] = static_cast<uint8_t>(from[k] ^ 0x80);
      }
      int8_t* out = y.as<int8_t>() + first * columns;
      if (q.zw != 0)
        SumsWithWeightZero(patches->data(), count, padded, depth, columns, w.as<int8_t>(), bias, multiplier, q, out, columns);
      else
        kernels->qs8_gemm({patches->data(), count, padded, columns, packed->weights.data(), packed->requant, out, columns});
    }
  };
  return Status::Ok();
}

Status PrepareConv2d(const Preparation& p, Step* step) {
  Conv2dAttrs a;
  Window window;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && w.constant,
              "operands have other types");
  const size_t columns = w.dim(0), groups = static_cast<size_t>(std::max(a.group, 0));
  EDGEC_CHECK(groups > 0 && columns % groups == 0 && w.dim(3) * groups == x.dim(3) && y.dim(3) == columns, "bad groups");
  Status status;
  const float* bias = FloatBias(p, columns, &status);
  EDGEC_RETURN_IF_ERROR(status);
  const size_t per_group = columns / groups, channels = w.dim(3), depth = w.dim(1) * w.dim(2) * channels;
  auto packed = std::make_shared<std::vector<PackedF32<float>>>();
  for (size_t g = 0; g < groups; g++)
    packed->push_back(PackF32(w.as<float>() + g * per_group * depth, bias ? bias + g * per_group : nullptr, per_group, depth));
  auto patches = std::make_shared<std::vector<float>>(kTileRows * depth);
  const KernelSet* kernels = p.kernels;
  step->kernel = kernels->isa;
  step->run = [=, &x, &y] {
    for (size_t g = 0; g < groups; g++)
      for (size_t first = 0; first < window.rows(); first += kTileRows) {
        const size_t rows = std::min(kTileRows, window.rows() - first);
        Patches(window, x.as<float>(), g * channels, channels, first, rows, depth, 0.0f, patches->data(), [](float v) { return v; });
        kernels->f32_gemm({patches->data(), depth, rows, depth, per_group, (*packed)[g].weights.data(), (*packed)[g].bias.data(),
                           a.clampMin, a.clampMax, y.as<float>() + first * columns + g * per_group, columns});
      }
  };
  return Status::Ok();
}

Status PrepareFullyConnected(const Preparation& p, Step* step) {
  FullyConnectedAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(w.shape.size() == 2 && !x.shape.empty() && x.dim(-1) == w.dim(1) && w.count > 0 && w.constant, "weights do not fit");
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32, "operands have other types");
  const size_t columns = w.dim(0), depth = w.dim(1), rows = x.count / depth;
  EDGEC_CHECK(y.count == rows * columns, "the output does not fit");
  Status status;
  const float* bias = FloatBias(p, columns, &status);
  EDGEC_RETURN_IF_ERROR(status);
  auto packed = std::make_shared<PackedF32<float>>(PackF32(w.as<float>(), bias, columns, depth));
  const KernelSet* kernels = p.kernels;
  step->kernel = kernels->isa;
  step->run = [=, &x, &y] {
    kernels->f32_gemm({x.as<float>(), depth, rows, depth, columns, packed->weights.data(), packed->bias.data(), a.clampMin,
                       a.clampMax, y.as<float>(), columns});
  };
  return Status::Ok();
}

namespace {

// Pointers to the taps of one row of output pixels; `outside` stands in for the padding.
template <typename T>
void TapPointers(const Window& w, const T* x, size_t b, size_t oy, const T* outside, const T** taps) {
  for (size_t ox = 0; ox < w.out_width; ox++)
    for (size_t ky = 0; ky < w.kernel_height; ky++) {
      const int64_t iy = static_cast<int64_t>(oy) * w.stride_y + static_cast<int64_t>(ky) * w.dilation_y - w.top;
      for (size_t kx = 0; kx < w.kernel_width; kx++) {
        const int64_t ix = static_cast<int64_t>(ox) * w.stride_x + static_cast<int64_t>(kx) * w.dilation_x - w.left;
        const bool inside = iy >= 0 && ix >= 0 && iy < static_cast<int64_t>(w.height) && ix < static_cast<int64_t>(w.width);
        *taps++ = inside ? x + ((b * w.height + static_cast<size_t>(iy)) * w.width + static_cast<size_t>(ix)) * w.channels : outside;
      }
    }
}

// Spreads every channel over its `multiplier` output channels, so that the kernel reads one input an output.
template <typename T>
void Spread(const T* x, size_t pixels, size_t channels, size_t multiplier, T* to) {
  for (size_t i = 0; i < pixels * channels; i++)
    for (size_t m = 0; m < multiplier; m++) *to++ = x[i];
}

template <typename T>
struct DepthwiseScratch {
  std::vector<const T*> taps;
  std::vector<T> outside, spread;
};

template <typename T>
std::shared_ptr<DepthwiseScratch<T>> MakeScratch(const Window& w, size_t outputs, const Value& x, T fill) {
  auto scratch = std::make_shared<DepthwiseScratch<T>>();
  scratch->taps.resize(w.out_width * w.kernel_height * w.kernel_width);
  scratch->outside.assign(outputs + kLanes, fill);
  if (outputs != w.channels) scratch->spread.resize(x.count / w.channels * outputs + kLanes);
  return scratch;
}

}  // namespace

Status PrepareQDepthwiseConv2d(const Preparation& p, Step* step) {
  QDepthwiseConv2dAttrs a;
  Window window;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  const QuantParams q = ParamsOf(a);
  const size_t outputs = w.dim(3), taps = w.dim(1) * w.dim(2), padded = RoundUp(outputs, kLanes);
  EDGEC_RETURN_IF_ERROR(CheckQuant(p, outputs, q));
  EDGEC_CHECK(outputs % x.dim(3) == 0 && y.dim(3) == outputs, "bad channels");
  struct Packed {
    std::vector<int16_t> weights;
    std::vector<int32_t> bias;
    std::vector<float> multiplier;
  };
  auto packed = std::make_shared<Packed>();
  packed->weights.assign(taps * padded, 0);
  packed->bias.assign(padded, 0);
  packed->multiplier.assign(padded, 0);
  for (size_t t = 0; t < taps; t++)
    for (size_t c = 0; c < outputs; c++)
      packed->weights[t * padded + c] = static_cast<int16_t>(w.as<int8_t>()[t * outputs + c] - q.zw);
  for (size_t c = 0; c < outputs; c++) {
    int64_t sum = p.inputs[2]->as<int32_t>()[c];
    for (size_t t = 0; t < taps; t++) sum -= int64_t{q.zx} * packed->weights[t * padded + c];
    packed->bias[c] = static_cast<int32_t>(sum);
  }
  std::copy_n(p.inputs[3]->as<float>(), outputs, packed->multiplier.data());
  auto scratch = MakeScratch<int8_t>(window, outputs, x, static_cast<int8_t>(q.zx));
  Window wide = window;
  wide.channels = outputs;
  const size_t multiplier = outputs / window.channels;
  const KernelSet* kernels = p.kernels;
  step->kernel = kernels->isa;
  step->run = [=, &x, &y] {
    const int8_t* from = x.as<int8_t>();
    if (multiplier > 1) {
      Spread(from, x.count / window.channels, window.channels, multiplier, scratch->spread.data());
      from = scratch->spread.data();
    }
    const Requant requant{packed->bias.data(), packed->multiplier.data(), q.zy, q.min, q.max};
    for (size_t b = 0; b < wide.batch; b++)
      for (size_t oy = 0; oy < wide.out_height; oy++) {
        TapPointers(wide, from, b, oy, scratch->outside.data(), scratch->taps.data());
        kernels->qs8_depthwise({scratch->taps.data(), wide.out_width, taps, outputs, packed->weights.data(), requant,
                                y.as<int8_t>() + (b * wide.out_height + oy) * wide.out_width * outputs});
      }
  };
  return Status::Ok();
}

Status PrepareDepthwiseConv2d(const Preparation& p, Step* step) {
  DepthwiseConv2dAttrs a;
  Window window;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && w.constant,
              "operands have other types");
  const size_t outputs = w.dim(3), taps = w.dim(1) * w.dim(2), padded = RoundUp(outputs, kLanes);
  EDGEC_CHECK(outputs % x.dim(3) == 0 && y.dim(3) == outputs, "bad channels");
  Status status;
  const float* bias = FloatBias(p, outputs, &status);
  EDGEC_RETURN_IF_ERROR(status);
  auto packed = std::make_shared<PackedF32<float>>();
  packed->weights.assign(taps * padded, 0);
  packed->bias.assign(padded, 0);
  for (size_t t = 0; t < taps; t++) std::copy_n(w.as<float>() + t * outputs, outputs, packed->weights.data() + t * padded);
  if (bias) std::copy_n(bias, outputs, packed->bias.data());
  auto scratch = MakeScratch<float>(window, outputs, x, 0.0f);
  Window wide = window;
  wide.channels = outputs;
  const size_t multiplier = outputs / window.channels;
  const KernelSet* kernels = p.kernels;
  step->kernel = kernels->isa;
  step->run = [=, &x, &y] {
    const float* from = x.as<float>();
    if (multiplier > 1) {
      Spread(from, x.count / window.channels, window.channels, multiplier, scratch->spread.data());
      from = scratch->spread.data();
    }
    for (size_t b = 0; b < wide.batch; b++)
      for (size_t oy = 0; oy < wide.out_height; oy++) {
        TapPointers(wide, from, b, oy, scratch->outside.data(), scratch->taps.data());
        kernels->f32_depthwise({scratch->taps.data(), wide.out_width, taps, outputs, packed->weights.data(), packed->bias.data(),
                                a.clampMin, a.clampMax, y.as<float>() + (b * wide.out_height + oy) * wide.out_width * outputs});
      }
  };
  return Status::Ok();
}

}  // namespace edgec
