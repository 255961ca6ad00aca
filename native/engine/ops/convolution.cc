// Conv2d: every line of output pixels is a matrix product whose rows are runs of a bordered image.
#include "engine/accumulate.h"
#include "engine/bordered.h"
#include "engine/split.h"
#include "kernels/f32_gemm/f32_gemm.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {
namespace {

// How the weights of a convolution fall into groups, and those of a column into runs of adjacent elements.
struct Runs {
  size_t groups, columns, count, depth;  // columns and runs of one group
  std::vector<int32_t> offsets;          // of each run from the first element of a pixel's window, in units of `unit`
};

template <typename A>
Status MakeRuns(const Window& w, const Value& weight, const Value& y, const A& a, const Bordered& image, size_t unit, Runs* runs) {
  const size_t groups = static_cast<size_t>(std::max(a.group, 0)), outputs = weight.dim(0);
  EDGEC_CHECK(groups > 0 && outputs % groups == 0 && weight.dim(3) * groups == w.channels && y.dim(3) == outputs, "bad groups");
  const bool whole_rows = groups == 1 && (w.dilation_x == 1 || w.kernel_width == 1);
  const size_t across = whole_rows ? 1 : w.kernel_width;
  *runs = {groups, outputs / groups, w.kernel_height * across, weight.dim(3) * w.kernel_width / across, {}};
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

struct QConvolution {
  Bordered image;
  Runs runs;
  Qs8GemmArgs args{};
  Block weights;  // of all groups
  size_t group_bytes = 0;
  std::vector<RequantTable> requants;

  int8_t* packed() const { return reinterpret_cast<int8_t*>(weights.data()); }
};

// Packs the weights of every group; two sets of them become twice the runs.
void PackGroups(const Preparation& p, const AccumulateParams& params, const Layout& layout, QConvolution* c) {
  Runs& runs = c->runs;
  const auto* w = p.inputs[1]->as<int8_t>();
  const size_t column = runs.count * runs.depth, outputs = runs.groups * runs.columns;
  CenteredWeights centered;
  CenterWeights(w, outputs * column, params.zw, &centered);
  std::vector<int8_t> joined;
  const int8_t* all = JoinSets(centered, outputs, column, &joined);
  const std::vector<int64_t> sums = ColumnSums(w, outputs, column, params.zw);
  const size_t sets = centered.count, bytes = Qs8GemmWeightBytes(runs.columns, sets * runs.count, runs.depth);
  c->weights.Allocate(runs.groups * bytes);
  c->group_bytes = bytes;
  c->requants.resize(runs.groups);
  for (size_t g = 0; g < runs.groups; g++) {
    const size_t first = g * runs.columns;
    PackQs8Gemm(layout, all + first * sets * column, runs.columns, sets * runs.count, runs.depth, c->packed() + g * bytes);
    const std::vector<int64_t> group_sums(sums.begin() + static_cast<int64_t>(first), sums.begin() + static_cast<int64_t>(first + runs.columns));
    FillRequant(p.inputs[2]->as<int32_t>() + first, p.inputs[3]->as<float>() + first, group_sums, params, layout,
                RoundUp(runs.columns, kLanes), &c->requants[g]);
  }
  const std::vector<int32_t> once = runs.offsets;
  for (size_t s = 1; s < sets; s++) runs.offsets.insert(runs.offsets.end(), once.begin(), once.end());
}

}  // namespace

Status PrepareQConv2d(const Preparation& p, Step* step) {
  QConv2dAttrs a;
  Window window;
  EDGEC_CHECK(HasOperands(p, 4) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &w = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_RETURN_IF_ERROR(MakeWindow(x, w, y, a, &window));
  const AccumulateParams params = ParamsOf(a);
  EDGEC_RETURN_IF_ERROR(CheckAccumulate(p, w.dim(0), params));
  const auto& kernel = Qs8GemmFamily().Best(p.isa);
  auto c = std::make_shared<QConvolution>();
  EDGEC_RETURN_IF_ERROR(Bordered::Make(window, 1, 1, FlipFor(x, kernel.layout), &c->image));
  EDGEC_RETURN_IF_ERROR(MakeRuns(window, w, y, a, c->image, 1, &c->runs));
  PackGroups(p, params, kernel.layout, c.get());
  Walk(window, c->image, w.dim(0), 1, &c->args);
  c->args.segments = c->runs.offsets.data();
  c->args.segment_count = c->runs.offsets.size();
  c->args.depth = RoundUp(c->runs.depth, kQs8GemmDepthUnit);
  c->args.columns = c->runs.columns;
  c->args.flip = y.flip();
  p.scratch->Need(c->image.scratch_bytes());
  const size_t image_outputs = y.count / window.batch;
  const uint8_t zero = StoredZero(params, kernel.layout);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, batch = window.batch, &x, &y] {
    for (size_t b = 0; b < batch; b++) {
      const uint8_t* image = c->image.Image(x.data, b, zero, pool, scratch->data());
      for (size_t g = 0; g < c->runs.groups; g++) {
        Qs8GemmArgs args = c->args;
        args.a = image + g * c->runs.depth;
        args.weights = c->packed() + g * c->group_bytes;
        args.requant = c->requants[g].requant;
        args.y = y.data + b * image_outputs + g * c->runs.columns;
        SplitProduct(pool, run, args);
      }
    }
  };
  return Status::Ok();
}

namespace {

struct Convolution {
  Bordered image;
  Runs runs;
  F32GemmArgs args{};
  std::vector<float> weights, bias;  // of all groups
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
  const auto& kernel = F32GemmFamily().Best(p.isa);
  auto c = std::make_shared<Convolution>();
  EDGEC_RETURN_IF_ERROR(Bordered::Make(window, sizeof(float), 1, 0, &c->image));
  EDGEC_RETURN_IF_ERROR(MakeRuns(window, w, y, a, c->image, sizeof(float), &c->runs));
  const Runs& runs = c->runs;
  const size_t group_weights = F32GemmWeightCount(runs.columns, runs.count, runs.depth), padded = RoundUp(runs.columns, kLanes);
  c->weights.resize(runs.groups * group_weights);
  c->bias.assign(runs.groups * padded, 0);
  for (size_t g = 0; g < runs.groups; g++) {
    PackF32Gemm(w.as<float>() + g * runs.columns * runs.count * runs.depth, runs.columns, runs.count, runs.depth,
                c->weights.data() + g * group_weights);
    if (bias) std::copy_n(bias + g * runs.columns, runs.columns, c->bias.data() + g * padded);
  }
  Walk(window, c->image, w.dim(0), sizeof(float), &c->args);
  c->args.segments = runs.offsets.data();
  c->args.segment_count = runs.count;
  c->args.depth = runs.depth;
  c->args.columns = runs.columns;
  c->args.min = a.clampMin;
  c->args.max = a.clampMax;
  p.scratch->Need(c->image.scratch_bytes());
  const size_t image_outputs = y.count / window.batch;
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, batch = window.batch, &x, &y] {
    for (size_t b = 0; b < batch; b++) {
      const auto* image = reinterpret_cast<const float*>(c->image.Image(x.data, b, 0, pool, scratch->data()));
      for (size_t g = 0; g < c->runs.groups; g++) {
        F32GemmArgs args = c->args;
        args.a = image + g * c->runs.depth;
        args.weights = c->weights.data() + g * group_weights;
        args.bias = c->bias.data() + g * padded;
        args.y = y.as<float>() + b * image_outputs + g * c->runs.columns;
        SplitProduct(pool, run, args);
      }
    }
  };
  return Status::Ok();
}

}  // namespace edgec
