// DepthwiseConv2d: kernels take the channels of a pixel's taps by pointers into a bordered image.
#include <numeric>

#include "engine/accumulate.h"
#include "engine/bordered.h"
#include "engine/split.h"
#include "kernels/f32_depthwise/f32_depthwise.h"
#include "kernels/f32_depthwise3x3/f32_depthwise3x3.h"
#include "kernels/qs8_depthwise/qs8_depthwise.h"
#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

namespace edgec {
namespace {

// Pointers to `sets` times the taps of one line of output pixels, `stride` pointers a pixel.
template <typename T>
void TapPointers(const Window& w, const Bordered& image, const uint8_t* base, size_t line, size_t pixels, size_t sets,
                 size_t stride, const T** taps) {
  const uint8_t* first = base + line * w.stride_y * image.line_bytes();
  for (size_t p = 0; p < pixels; p++, first += w.stride_x * image.pixel_bytes()) {
    size_t t = 0;
    for (size_t s = 0; s < sets; s++)
      for (size_t ky = 0; ky < w.kernel_height; ky++)
        for (size_t kx = 0; kx < w.kernel_width; kx++)
          taps[t++] = reinterpret_cast<const T*>(first + ky * w.dilation_y * image.line_bytes() + kx * w.dilation_x * image.pixel_bytes());
    while (t < stride) taps[t++] = reinterpret_cast<const T*>(first);
    taps += stride;
  }
}

// Where each tap lies from the first of its window, in elements.
Status TapOffsets(const Window& w, const Bordered& image, size_t element_bytes, std::vector<int32_t>* offsets) {
  for (size_t ky = 0; ky < w.kernel_height; ky++)
    for (size_t kx = 0; kx < w.kernel_width; kx++) {
      const size_t offset = (ky * w.dilation_y * image.line_bytes() + kx * w.dilation_x * image.pixel_bytes()) / element_bytes;
      EDGEC_CHECK(offset <= INT32_MAX, "a window reaches too far");
      offsets->push_back(static_cast<int32_t>(offset));
    }
  return Status::Ok();
}

// Multiply-accumulates in which a depthwise one takes as long as one of a matrix product.
constexpr double kSlowness = 2;

// Runs a 3×3 kernel on an image, its lines of outputs cut into parts. A top beyond the first line wraps, as kernels expect.
template <typename Args>
void SplitImage(Pool* pool, void (*run)(const Args&), const Args& args) {
  const double macs = kSlowness * 9 * static_cast<double>(args.out_height * args.out_width * args.channels);
  Split(pool, args.out_height, macs, [&](size_t first, size_t end) {
    Args mine = args;
    mine.top -= first * args.stride_y;
    mine.out_height = end - first;
    mine.y += first * args.out_width * args.channels;
    run(mine);
  });
}

// Calls line(scratch of its own, line) for every line of outputs, cut into parts.
template <typename F>
void SplitLines(Pool* pool, const Window& w, size_t outputs, size_t scratch_bytes, uint8_t* scratch, const F& line) {
  const double macs = kSlowness * static_cast<double>(w.taps() * outputs) * static_cast<double>(w.out_height * w.out_width);
  const size_t parts = PartsOf(pool, w.out_height, macs);
  const auto part = [&](size_t i) {
    for (size_t l = w.out_height * i / parts; l < w.out_height * (i + 1) / parts; l++) line(scratch + i * scratch_bytes, l);
  };
  if (parts == 1) part(0);
  else pool->For(parts, part);
}

struct QDepthwise {
  Window window;
  Bordered image;
  size_t sets = 1, quads = 0, pixels = 0, channels = 0, period = 0;  // of one line, as the kernel sees it
  std::vector<int8_t> weights;
  RequantTable requant;
};

// The numbers of `places` channels, channel(place), in the order of the layout's groups.
template <typename T, typename Channel>
std::vector<T> InGroups(const Layout& layout, const std::vector<T>& from, size_t places, const Channel& channel) {
  std::vector<T> to(RoundUp(places, layout.group));
  for (size_t i = 0; i < places; i++) to[GroupOrder(layout, i)] = from[channel(i)];
  return to;
}

// Bias and multipliers of `places` channels, channel(place).
template <typename Channel>
void FillGroups(const Preparation& p, const AccumulateParams& params, const Layout& layout, size_t places, const Channel& channel, RequantTable* table) {
  const Value& w = *p.inputs[1];
  const size_t outputs = w.dim(3);
  std::vector<int64_t> sums(outputs);
  for (size_t i = 0; i < w.count; i++) sums[i % outputs] += w.as<int8_t>()[i] - params.zw;
  FillRequant(p.inputs[2]->as<int32_t>(), p.inputs[3]->as<float>(), sums.data(), outputs, params, layout, outputs, table);
  table->bias = InGroups(layout, table->bias, places, channel);
  table->multiplier = InGroups(layout, table->multiplier, places, channel);
  table->requant.bias = table->bias.data();
  table->requant.multiplier = table->multiplier.data();
}

// Packs the weights of all sets for `columns` channels, repeated where there are fewer.
void PackDepthwise(const CenteredWeights& centered, const Layout& layout, size_t outputs, size_t columns, QDepthwise* d) {
  const size_t taps = d->window.taps();
  d->sets = centered.count;
  d->quads = RoundUp(taps * d->sets, 4) / 4;
  std::vector<int8_t> wide;
  for (size_t s = 0; s < d->sets; s++)
    for (size_t t = 0; t < taps; t++)
      for (size_t c = 0; c < columns; c++) wide.push_back(centered.sets[s][t * outputs + c % outputs]);
  d->weights.resize(RoundUp(columns, layout.group) * d->quads * 4);
  PackQs8Depthwise(layout, wide.data(), taps * d->sets, columns, d->weights.data());
}

// Whether a kernel for 3×3 windows of this instruction set can do it.
bool Is3x3(const Window& w, Isa isa, size_t outputs) {
  const auto small = [](size_t stride) { return stride <= 2; };
  return isa != Isa::kScalar && w.kernel_height == 3 && w.kernel_width == 3 && w.dilation_y == 1 && w.dilation_x == 1 &&
         small(w.stride_y) && small(w.stride_x) && outputs == w.channels;
}

void Prepare3x3(const Preparation& p, const Kernel<Qs8Depthwise3x3Args>& kernel, const AccumulateParams& params,
                const CenteredWeights& centered, const std::shared_ptr<QDepthwise>& d, Step* step) {
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const Window& w = d->window;
  const size_t set = RoundUp(w.channels, kernel.layout.group) * 12;
  d->sets = centered.count;
  d->weights.resize(set * d->sets);
  for (size_t s = 0; s < d->sets; s++) PackQs8Depthwise3x3(kernel.layout, centered.sets[s], w.channels, d->weights.data() + s * set);
  const auto channel = [&](size_t place) { return Qs8Depthwise3x3Channel(kernel.layout, w.channels, place); };
  FillGroups(p, params, kernel.layout, RoundUp(w.channels, kernel.layout.group), channel, &d->requant);
  const size_t image = x.count / w.batch, image_outputs = y.count / w.batch;
  const uint8_t zero = StoredZero(params, kernel.layout);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, pool = p.pool, &x, &y] {
    const Window& v = d->window;
    for (size_t b = 0; b < v.batch; b++)
      SplitImage<Qs8Depthwise3x3Args>(pool, run, {x.data + b * image, v.height, v.width, v.channels, v.out_height, v.out_width, v.stride_y, v.stride_x,
                             static_cast<size_t>(v.top), static_cast<size_t>(v.left), zero, d->weights.data(), d->requant.requant,
                             y.data + b * image_outputs, y.flip(), d->sets});
  };
}

}  // namespace

Status PrepareQDepthwiseConv2d(const Preparation& p, Step* step) {
  QDepthwiseConv2dAttrs a;
  auto d = std::make_shared<QDepthwise>();
  Window& window = d->window;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  const AccumulateParams params = ParamsOf(a);
  const size_t outputs = w.dim(3);
  EDGEC_RETURN_IF_ERROR(CheckAccumulate(p, outputs, params));
  EDGEC_CHECK(outputs % window.channels == 0 && y.dim(3) == outputs, "bad channels");
  CenteredWeights centered;
  CenterWeights(w.as<int8_t>(), w.count, params.zw, &centered);
  const auto& kernel3x3 = Qs8Depthwise3x3Family().Best(p.isa);
  const auto& kernel = Qs8DepthwiseFamily().Best(p.isa);
  // Neighbouring pixels of few channels fill groups together.
  const size_t group = kernel.layout.group;
  constexpr size_t kFew = 8;  // leave most of a vector of the 3×3 kernel empty
  const bool flat = window.stride_x == 1 && outputs < group, fills = group % outputs == 0;
  if ((!flat || fills || outputs > kFew) && Is3x3(window, kernel3x3.isa, outputs) && centered.count <= kernel3x3.layout.sets && FlipFor(x, kernel3x3.layout) == 0) {
    Prepare3x3(p, kernel3x3, params, centered, d, step);
    return Status::Ok();
  }
  EDGEC_RETURN_IF_ERROR(Bordered::Make(window, 1, outputs / window.channels, FlipFor(x, kernel.layout), &d->image));
  d->pixels = flat ? 1 : window.out_width;
  d->channels = flat ? window.out_width * outputs : outputs;
  d->period = flat ? std::min(std::lcm(outputs, group), RoundUp(d->channels, group)) : outputs;
  PackDepthwise(centered, kernel.layout, outputs, d->period, d.get());
  FillGroups(p, params, kernel.layout, d->period, [&](size_t place) { return place % outputs; }, &d->requant);
  const size_t image_room = RoundUp(d->image.scratch_bytes() + 64, 64), stride = d->quads * 4;
  const size_t taps_bytes = RoundUp(d->pixels * stride * sizeof(void*), 64);
  p.scratch->Need(image_room + MostParts(p.pool) * taps_bytes);
  const size_t line_outputs = window.out_width * outputs;
  const uint8_t zero = StoredZero(params, kernel.layout), flip = y.flip();
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    const Window& v = d->window;
    for (size_t b = 0; b < v.batch; b++) {
      const uint8_t* image = d->image.Image(x.data, b, zero, pool, scratch->data());
      SplitLines(pool, v, outputs, taps_bytes, scratch->data() + image_room, [&](uint8_t* room, size_t line) {
        auto** taps = reinterpret_cast<const uint8_t**>(room);
        TapPointers(v, d->image, image, line, d->pixels, d->sets, stride, taps);
        run({taps, d->pixels, d->quads, d->channels, d->period, d->weights.data(), d->requant.requant,
             y.data + (b * v.out_height + line) * line_outputs, flip});
      });
    }
  };
  return Status::Ok();
}

Status PrepareDepthwiseConv2d(const Preparation& p, Step* step) {
  struct Depthwise {
    Window window;
    Bordered image;
    std::vector<int32_t> taps;
    std::vector<float> weights, bias;
  };
  DepthwiseConv2dAttrs a;
  auto d = std::make_shared<Depthwise>();
  Window& window = d->window;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && w.constant,
              "operands have other types");
  const size_t outputs = w.dim(3), taps = window.taps(), padded = RoundUp(outputs, kLanes);
  EDGEC_CHECK(outputs % window.channels == 0 && y.dim(3) == outputs, "bad channels");
  const float* bias = nullptr;
  EDGEC_RETURN_IF_ERROR(FloatBias(p, outputs, &bias));
  d->weights.assign(taps * padded, 0);
  d->bias.assign(padded, 0);
  for (size_t t = 0; t < taps; t++) std::copy_n(w.as<float>() + t * outputs, outputs, d->weights.data() + t * padded);
  if (bias) std::copy_n(bias, outputs, d->bias.data());
  const auto& kernel3x3 = F32Depthwise3x3Family().Best(p.isa);
  if (Is3x3(window, kernel3x3.isa, outputs)) {
    step->kernel = kernel3x3.name;
    step->run = [=, run = kernel3x3.run, pool = p.pool, &x, &y] {
      const Window& v = d->window;
      const size_t image = x.count / v.batch, image_outputs = y.count / v.batch;
      for (size_t b = 0; b < v.batch; b++)
        SplitImage<F32Depthwise3x3Args>(pool, run, {x.as<float>() + b * image, v.height, v.width, v.channels, v.out_height, v.out_width, v.stride_y, v.stride_x,
             static_cast<size_t>(v.top), static_cast<size_t>(v.left), d->weights.data(), d->bias.data(), a.clampMin, a.clampMax,
             y.as<float>() + b * image_outputs});
    };
    return Status::Ok();
  }
  EDGEC_RETURN_IF_ERROR(Bordered::Make(window, sizeof(float), outputs / window.channels, 0, &d->image));
  EDGEC_RETURN_IF_ERROR(TapOffsets(window, d->image, sizeof(float), &d->taps));
  const auto& kernel = F32DepthwiseFamily().Best(p.isa);
  p.scratch->Need(d->image.scratch_bytes());
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &x, &y] {
    const Window& v = d->window;
    const size_t line = v.out_width * outputs;
    for (size_t b = 0; b < v.batch; b++) {
      const uint8_t* image = d->image.Image(x.data, b, 0, pool, scratch->data());
      Split(pool, v.out_height, kSlowness * static_cast<double>(taps * v.out_height * line), [&](size_t first, size_t end) {
        for (size_t l = first; l < end; l++)
          run({reinterpret_cast<const float*>(image + l * v.stride_y * d->image.line_bytes()), v.stride_x * outputs, v.out_width,
               d->taps.data(), taps, outputs, d->weights.data(), d->bias.data(), a.clampMin, a.clampMax,
               y.as<float>() + (b * v.out_height + l) * line});
      });
    }
  };
  return Status::Ok();
}

}  // namespace edgec
