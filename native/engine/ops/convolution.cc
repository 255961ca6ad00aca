// Conv2d: every line of output pixels is a matrix product whose rows are runs of a bordered image.
#include "engine/bands.h"
#include "engine/gemm_weights.h"
#include "engine/thread_rooms.h"
#include "engine/winograd.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {
namespace {

// The matrix products of a convolution, one a group.
struct Runs {
  GemmShape shape;
  std::vector<int32_t> offsets;  // of each run from the first element of a pixel's window, in units of `unit`
};

template <typename A>
Status MakeRuns(const Window& w, const Value& weight, const Value& y, const A& a, const Bordered& image, size_t unit, Runs* runs) {
  const size_t groups = static_cast<size_t>(std::max(a.group, 0)), outputs = weight.dim(0);
  EDGEC_CHECK(groups > 0 && outputs % groups == 0 && weight.dim(3) * groups == w.channels && y.dim(3) == outputs, "bad groups");
  const bool whole_rows = groups == 1 && (w.dilation_x == 1 || w.kernel_width == 1);
  const size_t across = whole_rows ? 1 : w.kernel_width;
  *runs = {{groups, outputs / groups, w.kernel_height * across, weight.dim(3) * w.kernel_width / across}, {}};
  for (size_t ky = 0; ky < w.kernel_height; ky++)
    for (size_t kx = 0; kx < across; kx++) {
      const size_t offset = ky * w.dilation_y * image.line_bytes() + kx * w.dilation_x * image.pixel_bytes();
      EDGEC_CHECK(offset / unit <= INT32_MAX, "a window reaches too far");
      runs->offsets.push_back(static_cast<int32_t>(offset / unit));
    }
  return Status::Ok();
}

// Sets how kernels walk over the pixels of an image. Windows of one pixel on dense images make a single line.
template <typename Args>
void Walk(const Window& w, const Bordered& image, size_t outputs, size_t unit, Args* args) {
  const size_t pixel = image.pixel_bytes() / unit, line = image.line_bytes() / unit;
  args->lines = w.out_height;
  args->rows = w.out_width;
  args->a_line = w.stride_y * line;
  args->a_stride = w.stride_x * pixel;
  args->y_line = w.out_width * outputs;
  args->y_stride = outputs;
  if (args->a_line != args->rows * args->a_stride) return;
  args->rows *= args->lines;
  args->lines = 1;
}

// Multiply-accumulates of all groups.
template <typename Args>
double MacsOf(const GemmShape& shape, const Args& args) {
  return static_cast<double>(args.lines * args.rows) * static_cast<double>(shape.elements());
}

struct QConvolution {
  Bordered image;
  Bands bands;
  Runs runs;
  Qs8GemmArgs args{};
  Qs8GemmWeights weights;
};

}  // namespace

Status PrepareQConv2d(const Preparation& p, Step* step) {
  QConv2dAttrs a;
  Window window;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  const AccumulateParams params = ParamsOf(a);
  EDGEC_RETURN_IF_ERROR(CheckAccumulate(p, w.dim(0), params));
  const size_t side = a.group == 1 && FiltersIntegers(p, params) ? WinogradSide(window, w, p.isa) : 0;
  if (side > 0) {
    EDGEC_CHECK(w.dim(3) == window.channels && y.dim(3) == w.dim(0), "weights do not fit");
    return PrepareQWinograd(p, window, side, params, step);
  }
  const size_t pixels = window.out_height * window.out_width;
  const auto& kernel = Qs8ProductKernel(p.isa, pixels, window.taps() * RoundUp(w.dim(3), kQs8GemmDepthUnit));
  auto c = std::make_shared<QConvolution>();
  EDGEC_RETURN_IF_ERROR(Bordered::Make(window, 1, 1, FlipFor(x, kernel.layout), &c->image));
  EDGEC_RETURN_IF_ERROR(MakeRuns(window, w, y, a, c->image, 1, &c->runs));
  const GemmShape& shape = c->runs.shape;
  EDGEC_RETURN_IF_ERROR(c->weights.Make(p, shape, c->runs.offsets.data(), params, kernel.layout));
  const std::vector<int32_t> once = c->runs.offsets;
  for (size_t s = 1; s < c->weights.sets(); s++) c->runs.offsets.insert(c->runs.offsets.end(), once.begin(), once.end());
  Walk(window, c->image, w.dim(0), 1, &c->args);
  c->args.segments = c->runs.offsets.data();
  c->args.segment_count = c->runs.offsets.size();
  c->args.depth = RoundUp(shape.depth, kQs8GemmDepthUnit);
  c->args.columns = shape.columns;
  c->args.flip = y.flip();
  c->bands = Bands::Make(window, c->image, c->args.lines, c->args.rows, MacsOf(shape, c->args), p.pool);
  c->args.windows = c->weights.windows(0);
  const ThreadRooms rooms(p, c->bands.scratch_bytes(), Qs8GemmScratchBytes(c->args));
  const size_t image_outputs = y.count / window.batch;
  const uint8_t zero = StoredZero(params, kernel.layout);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, batch = window.batch, &x, &y] {
    for (size_t b = 0; b < batch; b++) {
      c->bands.Run(c->image, x.data, b, zero, pool, scratch->data(), [&](const uint8_t* image, size_t first, size_t lines, Pool* threads) {
        for (size_t g = 0; g < c->runs.shape.groups; g++) {
          Qs8GemmArgs args = c->args;
          args.lines = lines;
          args.a = image + g * c->runs.shape.depth;
          args.weights = c->weights.group(g);
          args.windows = c->weights.windows(g);
          args.column_windows = c->weights.column_windows(g);
          args.requant = c->weights.requant(g);
          args.y = y.data + b * image_outputs + first * args.y_line + g * args.columns;
          SplitProduct(threads, run, args, rooms);
        }
      });
    }
  };
  return Status::Ok();
}

namespace {

struct Convolution {
  Bordered image;
  Bands bands;
  Runs runs;
  F32GemmArgs args{};
  F32GemmWeights weights;
};

}  // namespace

Status PrepareConv2d(const Preparation& p, Step* step) {
  Conv2dAttrs a;
  Window window;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  EDGEC_CHECK(x.dtype == DType::kFloat32 && w.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && w.constant,
              "operands have other types");
  const float* bias = nullptr;
  EDGEC_RETURN_IF_ERROR(FloatBias(p, w.dim(0), &bias));
  const Value* addend = nullptr;
  EDGEC_RETURN_IF_ERROR(FloatAddend(p, &addend));
  const size_t side = a.group == 1 ? WinogradSide(window, w, p.isa) : 0;
  if (side > 0) {
    EDGEC_CHECK(w.dim(3) == window.channels && y.dim(3) == w.dim(0), "weights do not fit");
    return PrepareWinograd(p, window, side, bias, addend, a.clampMin, a.clampMax, step);
  }
  const auto& kernel = F32GemmFamily().Best(p.isa);
  auto c = std::make_shared<Convolution>();
  EDGEC_RETURN_IF_ERROR(Bordered::Make(window, sizeof(float), 1, 0, &c->image));
  EDGEC_RETURN_IF_ERROR(MakeRuns(window, w, y, a, c->image, sizeof(float), &c->runs));
  const GemmShape& shape = c->runs.shape;
  EDGEC_RETURN_IF_ERROR(c->weights.Make(p, shape, bias));
  Walk(window, c->image, w.dim(0), sizeof(float), &c->args);
  c->args.segments = c->runs.offsets.data();
  c->args.segment_count = shape.runs;
  c->args.depth = shape.depth;
  c->args.columns = shape.columns;
  c->args.min = a.clampMin;
  c->args.max = a.clampMax;
  c->bands = Bands::Make(window, c->image, c->args.lines, c->args.rows, MacsOf(shape, c->args), p.pool);
  p.scratch->Need(c->bands.scratch_bytes());
  const size_t image_outputs = y.count / window.batch;
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, batch = window.batch, &x, &y] {
    for (size_t b = 0; b < batch; b++) {
      c->bands.Run(c->image, x.data, b, 0, pool, scratch->data(), [&](const uint8_t* image, size_t first, size_t lines, Pool* threads) {
        for (size_t g = 0; g < c->runs.shape.groups; g++) {
          F32GemmArgs args = c->args;
          args.lines = lines;
          args.a = reinterpret_cast<const float*>(image) + g * c->runs.shape.depth;
          args.weights = c->weights.group(g);
          args.bias = c->weights.bias(g);
          const size_t at = b * image_outputs + first * args.y_line + g * args.columns;
          args.y = y.as<float>() + at;
          args.addend = addend ? addend->as<float>() + at : nullptr;
          SplitProduct(threads, run, args);
        }
      });
    }
  };
  return Status::Ok();
}

}  // namespace edgec
