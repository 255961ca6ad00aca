// MaxPool2d and AveragePool2d.
#include <algorithm>
#include <limits>

#include "engine/int8.h"
#include "engine/prepare.h"
#include "engine/split.h"
#include "kernels/f32_average/f32_average.h"
#include "kernels/f32_max/f32_max.h"
#include "kernels/qs8_max/qs8_max.h"
#include "kernels/qs8_sum/qs8_sum.h"

namespace edgec {
namespace {

struct Span {
  int64_t first, last, padded;
  size_t taps;
};

template <typename A>
int64_t DilationOf(const A& a, int axis) {
  if constexpr (std::is_same_v<A, MaxPool2dAttrs>) return a.dilations[static_cast<size_t>(axis)];
  else return 1;
}

// The indices of the input that one window covers: from `first` to below `last` in steps of the dilation.
template <typename A>
Span SpanOf(size_t out, int axis, const A& a, size_t size) {
  const auto whole = static_cast<int64_t>(size);
  const int64_t dilation = DilationOf(a, axis);
  const int64_t start = static_cast<int64_t>(out) * a.strides[axis] - a.pads[axis];
  const int64_t end = std::min(start + dilation * (a.kernel[axis] - 1) + 1, whole + a.pads[axis + 2]);
  const int64_t first = start >= 0 ? start : start + (dilation - 1 - start) / dilation * dilation;
  const int64_t last = std::max(first, std::min(end, whole));
  return {first, last, end - start, static_cast<size_t>((last - first + dilation - 1) / dilation)};
}

// Those of all outputs along an axis, which need too many divisions to be found for every pixel.
template <typename A>
std::vector<Span> SpansOf(const Value& x, const Value& y, int axis, const A& a) {
  std::vector<Span> spans;
  for (size_t out = 0; y.count > 0 && out < y.dim(1 + axis); out++) spans.push_back(SpanOf(out, axis, a, x.dim(1 + axis)));
  return spans;
}

template <typename A>
Status CheckPool(const Preparation& p, const A& a, DType dtype) {
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, dtype, 4) && Is(y, dtype, 4) && x.dim(0) == y.dim(0) && x.dim(3) == y.dim(3), "operands do not fit");
  constexpr int32_t kMaxWindow = 1 << 16;
  for (int32_t size : {a.strides[0], a.strides[1], a.kernel[0], a.kernel[1]}) EDGEC_CHECK(size > 0 && size <= kMaxWindow, "bad window");
  for (int32_t pad : a.pads) EDGEC_CHECK(pad >= 0 && pad <= kMaxWindow, "bad pads");
  return Status::Ok();
}

constexpr double kMacsOfATap = 16;  // what can be multiplied while a byte of a window is read

// The input that the windows cover, by lines and by columns of outputs.
struct Windows {
  template <typename A>
  Windows(const Value& x, const Value& y, const A& a) : rows(SpansOf(x, y, 0, a)), columns(SpansOf(x, y, 1, a)) {}
  std::vector<Span> rows, columns;
};

// Calls `line(rows, x of the image, y of the line)` for every line of outputs, some of them on each thread.
template <typename T, typename A, typename F>
void ForLines(Pool* pool, const Value& x, const Value& y, const A& a, const Windows& windows, const F& line) {
  const size_t lines = y.dim(1);
  const double taps = static_cast<double>(a.kernel[0]) * a.kernel[1];
  if (y.count == 0) return;
  Split(pool, y.dim(0) * lines, kMacsOfATap * taps * static_cast<double>(y.bytes()), [&](size_t first, size_t end) {
    for (size_t l = first; l < end; l++)
      line(windows.rows[l % lines], x.as<T>() + l / lines * (x.count / x.dim(0)), y.as<T>() + l * y.dim(2) * y.dim(3));
  });
}

// What each thread has of its own for a window: `count` elements, on cache lines that no other writes.
template <typename T>
class Rooms {
 public:
  Rooms(const Pool* pool, size_t count)
      : stride_(RoundUp(count * sizeof(T), kLine) / sizeof(T) + kLine / sizeof(T)),
        all_(std::make_shared<std::vector<T>>(stride_ * (pool ? pool->threads() : 1))) {}
  T* mine() const { return all_->data() + Pool::Worker() * stride_; }

 private:
  static constexpr size_t kLine = 64;
  size_t stride_;
  std::shared_ptr<std::vector<T>> all_;
};

// What kernels read of one window: pointers to its rows, and pixels of each that are `stride` elements apart.
template <typename T>
struct Taps {
  const T* const* rows;
  size_t row_count, pixels, stride;
  double padded;  // pixels of the whole window, with those outside of the input
};

// Calls reduce(taps, first output) for every output pixel.
template <typename T, typename A, typename F>
std::function<void()> ForTaps(Pool* pool, const Value& x, const Value& y, const A& a, F reduce) {
  const Rooms<const T*> rooms(pool, static_cast<size_t>(a.kernel[0]));
  const auto down = static_cast<size_t>(DilationOf(a, 0)), across = static_cast<size_t>(DilationOf(a, 1));
  return [=, windows = Windows(x, y, a), &x, &y] {
    const size_t width = x.dim(2), channels = x.dim(3);
    ForLines<T>(pool, x, y, a, windows, [&](const Span& rows, const T* image, T* out) {
      const T** pointers = rooms.mine();
      for (const Span& columns : windows.columns) {
        for (size_t r = 0; r < rows.taps; r++)
          pointers[r] = image + ((static_cast<size_t>(rows.first) + r * down) * width + static_cast<size_t>(columns.first)) * channels;
        reduce(Taps<T>{pointers, rows.taps, columns.taps, channels * across, static_cast<double>(rows.padded * columns.padded)}, out);
        out += channels;
      }
    });
  };
}

}  // namespace

Status PrepareMaxPool2d(const Preparation& p, Step* step) {
  MaxPool2dAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(a.dilations[0] > 0 && a.dilations[1] > 0, "bad dilations");
  EDGEC_RETURN_IF_ERROR(CheckPool(p, a, x.dtype));
  EDGEC_CHECK(x.dtype == DType::kInt8 || x.dtype == DType::kFloat32, "operands have other types");
  if (x.dtype == DType::kFloat32) {
    const auto& kernel = F32MaxFamily().Best(p.isa);
    step->kernel = kernel.name;
    step->run = ForTaps<float>(p.pool, x, y, a, [=, run = kernel.run, &x](const Taps<float>& t, float* out) {
      run({t.rows, t.row_count, t.pixels, t.stride, x.dim(3), a.clampMin, a.clampMax, out});
    });
  } else {
    const auto& kernel = Qs8MaxFamily().Best(p.isa);
    step->kernel = kernel.name;
    step->run = ForTaps<uint8_t>(p.pool, x, y, a, [run = kernel.run, &x, &y](const Taps<uint8_t>& t, uint8_t* out) {
      run({t.rows, t.row_count, t.pixels, t.stride, x.dim(3), x.flip(), y.flip(), out});
    });
  }
  return Status::Ok();
}

Status PrepareAveragePool2d(const Preparation& p, Step* step) {
  AveragePool2dAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(CheckPool(p, a, DType::kFloat32));
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  const auto& kernel = F32AverageFamily().Best(p.isa);
  step->kernel = kernel.name;
  step->run = ForTaps<float>(p.pool, x, y, a, [=, run = kernel.run, &x](const Taps<float>& t, float* out) {
    const double divisor = a.countIncludePad ? t.padded : static_cast<double>(t.row_count * t.pixels);
    run({t.rows, t.row_count, t.pixels, t.stride, x.dim(3), std::max(1.0, divisor), a.clampMin, a.clampMax, out});
  });
  return Status::Ok();
}

Status PrepareQAveragePool2d(const Preparation& p, Step* step) {
  QAveragePool2dAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  EDGEC_RETURN_IF_ERROR(CheckPool(p, a, DType::kInt8));
  EDGEC_CHECK(IsInt8(a.inputZeroPoint) && IsOutputRange(0, a.outputMin, a.outputMax), "bad zero point or bounds");
  EDGEC_CHECK(a.rawOffset >= -128 && a.rawOffset <= 128, "bad rawOffset");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dim(1) * x.dim(2) < (1u << 23) && int64_t{a.kernel[0]} * a.kernel[1] < (1 << 23), "the window is too large");
  const auto& kernel = Qs8SumFamily().Best(p.isa);
  const Rooms<int32_t> rooms(p.pool, x.dim(3));
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, pool = p.pool, windows = Windows(x, y, a), &x, &y] {
    const size_t width = x.dim(2), channels = x.dim(3);
    ForLines<uint8_t>(pool, x, y, a, windows, [&](const Span& rows, const uint8_t* image, uint8_t* out) {
      int32_t* sums = rooms.mine();
      for (const Span& columns : windows.columns) {
        const int64_t inside = (rows.last - rows.first) * (columns.last - columns.first);
        const int64_t divisor = std::max<int64_t>(1, a.countIncludePad ? rows.padded * columns.padded : inside);
        const int64_t start = (divisor - inside) * a.inputZeroPoint + divisor * a.rawOffset;
        std::fill_n(sums, channels, 0);
        for (int64_t iy = rows.first; iy < rows.last; iy++)
          run({image + (static_cast<size_t>(iy) * width + static_cast<size_t>(columns.first)) * channels,
               static_cast<size_t>(columns.last - columns.first), channels, channels, x.flip(), sums});
        for (size_t c = 0; c < channels; c++) {
          const int64_t s = start + sums[c];
          const int64_t v = (s > 0 ? s + divisor / 2 : s - divisor / 2) / divisor - a.rawOffset;
          *out++ = static_cast<uint8_t>(std::min<int64_t>(std::max<int64_t>(v, a.outputMin), a.outputMax)) ^ y.flip();
        }
      }
    });
  };
  return Status::Ok();
}

}  // namespace edgec
