// Every kernel of every instruction set that this CPU has, against the scalar one: int8 bit for bit.
// Usage: kernels_test [seed] [rounds]
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/kernels.h"

namespace edgec {
namespace {

constexpr float kFloatTolerance = 1e-5f;

class Draw {
 public:
  explicit Draw(uint32_t seed) : engine_(seed) {}

  int64_t Int(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(engine_); }
  float Real(float low, float high) { return std::uniform_real_distribution<float>(low, high)(engine_); }
  // Bytes of one of four kinds: random, all lowest, all highest, a mix of both extremes.
  template <typename T>
  std::vector<T> Bytes(size_t count, int low, int high, size_t room = 64) {
    const int64_t kind = Int(0, 5);
    std::vector<T> bytes(count + room);
    for (T& byte : bytes) {
      const int64_t extreme = kind == 1 ? low : kind == 2 ? high : Int(0, 1) ? low : high;
      byte = static_cast<T>(kind == 0 || kind > 3 ? Int(low, high) : extreme);
    }
    return bytes;
  }
  std::vector<float> Reals(size_t count, float low, float high) {
    std::vector<float> reals(count);
    for (float& real : reals) real = Real(low, high);
    return reals;
  }

 private:
  std::mt19937 engine_;
};

size_t RoundUp(size_t n, size_t to) { return (n + to - 1) / to * to; }

// Bias, multipliers and bounds for `columns` sums that reach about `reach`.
struct Requantizer {
  std::vector<int32_t> bias;
  std::vector<float> multiplier;
  Requant requant;

  Requantizer(Draw* draw, size_t columns, int64_t reach) {
    const size_t padded = RoundUp(columns, kLanes);
    for (size_t i = 0; i < padded; i++) {
      bias.push_back(static_cast<int32_t>(draw->Int(-reach, reach)));
      multiplier.push_back(draw->Int(0, 9) == 0 ? 0.5f : std::exp2(draw->Real(-20, 2)) * (draw->Int(0, 1) ? 1 : 0.001f));
    }
    const auto zero = static_cast<int32_t>(draw->Int(-128, 127));
    const auto min = static_cast<int32_t>(draw->Int(0, 1) ? -128 : draw->Int(-128, 127));
    requant = {bias.data(), multiplier.data(), zero, min, static_cast<int32_t>(draw->Int(0, 1) ? 127 : draw->Int(min, 127))};
  }
};

struct Test {
  const KernelSet* kernels;
  Draw draw;
  int failures = 0;

  void Expect(bool same, const char* kernel, const char* shape) {
    if (same) return;
    failures++;
    std::printf("%s of %s differs from scalar at %s\n", kernel, kernels->isa, shape);
  }

  template <typename T>
  static bool Close(const std::vector<T>& a, const std::vector<T>& b) {
    if constexpr (!std::is_same_v<T, float>) return a == b;
    for (size_t i = 0; i < a.size(); i++)
      if (std::fabs(a[i] - b[i]) > kFloatTolerance * std::fmax(1.0f, std::fabs(b[i]))) return false;
    return true;
  }

  // Runs both variants on outputs of `count` elements with a guarded tail.
  template <typename T, typename Args>
  void Compare(const char* name, void (*kernel)(const Args&), void (*scalar)(const Args&), Args args, size_t count, const char* shape) {
    constexpr size_t kGuard = 80;
    std::vector<T> found(count + kGuard, T{77}), expected(count + kGuard, T{77});
    args.y = found.data();
    kernel(args);
    args.y = expected.data();
    scalar(args);
    Expect(Close(found, expected), name, shape);
  }

  void Qs8Gemm(const KernelSet& scalar) {
    const auto rows = static_cast<size_t>(draw.Int(1, 40)), depth = RoundUp(static_cast<size_t>(draw.Int(1, 300)), 4);
    const auto columns = static_cast<size_t>(draw.Int(1, 100));
    const auto y_stride = columns + static_cast<size_t>(draw.Int(0, 1) ? 0 : draw.Int(0, 9));
    const auto a = draw.Bytes<uint8_t>(rows * depth, 0, 255);
    const auto weights = draw.Bytes<int8_t>(RoundUp(columns, kLanes) * depth, -128, 127);
    const Requantizer r(&draw, columns, 1 << draw.Int(0, 29));
    char shape[96];
    std::snprintf(shape, sizeof(shape), "rows %zu depth %zu columns %zu stride %zu", rows, depth, columns, y_stride);
    Qs8GemmArgs args{};
    args.a = a.data();
    args.rows = rows;
    args.depth = depth;
    args.columns = columns;
    args.weights = weights.data();
    args.requant = r.requant;
    args.y_stride = y_stride;
    Compare<int8_t>("qs8_gemm", kernels->qs8_gemm, scalar.qs8_gemm, args, rows * y_stride, shape);
  }

  void F32Gemm(const KernelSet& scalar) {
    const auto rows = static_cast<size_t>(draw.Int(1, 30)), depth = static_cast<size_t>(draw.Int(1, 200));
    const auto columns = static_cast<size_t>(draw.Int(1, 80));
    const auto a = draw.Reals(rows * depth + 64, -1, 1), weights = draw.Reals(RoundUp(columns, kLanes) * depth, -1, 1);
    const auto bias = draw.Reals(RoundUp(columns, kLanes), -1, 1);
    char shape[96];
    std::snprintf(shape, sizeof(shape), "rows %zu depth %zu columns %zu", rows, depth, columns);
    F32GemmArgs args{};
    args.a = a.data();
    args.a_stride = args.depth = depth;
    args.rows = rows;
    args.columns = args.y_stride = columns;
    args.weights = weights.data();
    args.bias = bias.data();
    args.min = draw.Int(0, 1) ? -INFINITY : 0;
    args.max = draw.Int(0, 1) ? INFINITY : 6;
    Compare<float>("f32_gemm", kernels->f32_gemm, scalar.f32_gemm, args, rows * columns, shape);
  }

  template <typename T, typename W, typename Args>
  Args Depthwise(const std::vector<T>& x, const std::vector<W>& weights, size_t pixels, size_t tap_count, size_t channels,
                 std::vector<const T*>* taps) {
    constexpr size_t kPlaces = 9;
    for (size_t i = 0; i < pixels * tap_count; i++)
      taps->push_back(x.data() + static_cast<size_t>(draw.Int(0, kPlaces - 1)) * channels);
    Args args{};
    args.taps = taps->data();
    args.pixels = pixels;
    args.tap_count = tap_count;
    args.channels = channels;
    args.weights = weights.data();
    return args;
  }

  void Qs8Depthwise(const KernelSet& scalar) {
    const auto pixels = static_cast<size_t>(draw.Int(1, 12)), tap_count = static_cast<size_t>(draw.Int(1, 26));
    const auto channels = static_cast<size_t>(draw.Int(1, 140));
    const auto x = draw.Bytes<int8_t>(channels * 9, -128, 127, channels + 64);
    const auto weights = draw.Bytes<int16_t>(tap_count * RoundUp(channels, kLanes), -255, 255);
    const Requantizer r(&draw, channels, 1 << draw.Int(0, 29));
    std::vector<const int8_t*> taps;
    auto args = Depthwise<int8_t, int16_t, Qs8DepthwiseArgs>(x, weights, pixels, tap_count, channels, &taps);
    args.requant = r.requant;
    char shape[96];
    std::snprintf(shape, sizeof(shape), "pixels %zu taps %zu channels %zu", pixels, tap_count, channels);
    Compare<int8_t>("qs8_depthwise", kernels->qs8_depthwise, scalar.qs8_depthwise, args, pixels * channels, shape);
  }

  void F32Depthwise(const KernelSet& scalar) {
    const auto pixels = static_cast<size_t>(draw.Int(1, 12)), tap_count = static_cast<size_t>(draw.Int(1, 26));
    const auto channels = static_cast<size_t>(draw.Int(1, 70));
    const auto x = draw.Reals(channels * 10 + 64, -1, 1);
    const auto weights = draw.Reals(tap_count * RoundUp(channels, kLanes), -1, 1);
    const auto bias = draw.Reals(RoundUp(channels, kLanes), -1, 1);
    std::vector<const float*> taps;
    auto args = Depthwise<float, float, F32DepthwiseArgs>(x, weights, pixels, tap_count, channels, &taps);
    args.bias = bias.data();
    args.min = draw.Int(0, 1) ? -INFINITY : 0;
    args.max = INFINITY;
    char shape[96];
    std::snprintf(shape, sizeof(shape), "pixels %zu taps %zu channels %zu", pixels, tap_count, channels);
    Compare<float>("f32_depthwise", kernels->f32_depthwise, scalar.f32_depthwise, args, pixels * channels, shape);
  }

  void Qs8Add(const KernelSet& scalar) {
    const auto count = static_cast<size_t>(draw.Int(1, 300));
    const auto a = draw.Bytes<int8_t>(count, -128, 127), b = draw.Bytes<int8_t>(count, -128, 127);
    Qs8AddArgs args{};
    args.a = a.data();
    args.b = b.data();
    args.count = count;
    args.a_multiplier = static_cast<int32_t>(draw.Int(0, 1 << 21));
    args.b_multiplier = static_cast<int32_t>(draw.Int(-(1 << 21), 1 << 21));
    args.shift = static_cast<int32_t>(draw.Int(13, 30));
    const int64_t zeros = draw.Int(-128, 127) * args.a_multiplier + draw.Int(-128, 127) * args.b_multiplier;
    args.offset = static_cast<int32_t>((int64_t{1} << (args.shift - 1)) - zeros);
    args.zero_point = static_cast<int32_t>(draw.Int(-128, 127));
    args.min = -128;
    args.max = static_cast<int32_t>(draw.Int(0, 127));
    char shape[32];
    std::snprintf(shape, sizeof(shape), "count %zu", count);
    Compare<int8_t>("qs8_add", kernels->qs8_add, scalar.qs8_add, args, count, shape);
  }
};

int RunAll(uint32_t seed, int rounds) {
  const KernelSet& scalar = KernelsFor(Isa::kScalar);
  int failures = 0;
  for (Isa isa : AvailableIsas()) {
    Test test{&KernelsFor(isa), Draw(seed)};
    for (int i = 0; i < rounds && test.failures < 10; i++) {
      test.Qs8Gemm(scalar);
      test.F32Gemm(scalar);
      test.Qs8Depthwise(scalar);
      test.F32Depthwise(scalar);
      test.Qs8Add(scalar);
    }
    std::printf("%s: %d rounds, %d differences (seed %u)\n", IsaName(isa), rounds, test.failures, seed);
    failures += test.failures;
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace edgec

int main(int argc, char** argv) {
  const auto seed = static_cast<uint32_t>(argc > 1 ? std::atoi(argv[1]) : 1);
  return edgec::RunAll(seed, argc > 2 ? std::atoi(argv[2]) : 500);
}
