// Every kernel variant that this CPU can run, against the scalar one of its family: int8 bit for bit.
// Usage: kernels_test [seed] [rounds] [instruction set]. Prints a line a variant: name, rounds, differences. Given an
// instruction set, leaves out the variants of all others, and emulates AVX-VNNI where the CPU has only AVX2.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "tests/avx_vnni_emulator.h"
#include "tests/family_test.h"
#include "kernels/interleave/interleave.h"
#include "kernels/peak/peak.h"
#include "kernels/qs8_add/qs8_add.h"
#include "kernels/qs8_blend/qs8_blend.h"
#include "kernels/qs8_dequantize/qs8_dequantize.h"
#include "kernels/qs8_max/qs8_max.h"
#include "kernels/qs8_mul/qs8_mul.h"
#include "kernels/qs8_quantize/qs8_quantize.h"
#include "kernels/qs8_sum/qs8_sum.h"

namespace edgec {
namespace {

struct Qs8AddCase {
  std::vector<int8_t> a, b;
  Qs8AddArgs args{};

  explicit Qs8AddCase(Draw* draw) {
    args.count = draw->Size(1, 300);
    args.b_step = draw->Size(0, 1);
    a = draw->Bytes(args.count);
    b = draw->Bytes(args.count);
    args.a_multiplier = static_cast<int32_t>(draw->Int(0, 1 << 21));
    args.b_multiplier = static_cast<int32_t>(draw->Int(-(1 << 21), 1 << 21));
    args.shift = static_cast<int32_t>(draw->Int(13, 30));
    const int64_t zeros = draw->Int(-128, 127) * args.a_multiplier + draw->Int(-128, 127) * args.b_multiplier;
    args.offset = static_cast<int32_t>((int64_t{1} << (args.shift - 1)) - zeros);
    args.zero_point = static_cast<int32_t>(draw->Int(-128, 127));
    args.min = -128;
    args.max = static_cast<int32_t>(draw->Int(0, 127));
    for (uint8_t* flip : {&args.a_flip, &args.b_flip, &args.y_flip}) *flip = draw->Coin() ? 0x80 : 0;
  }
  Bytes Run(const Kernel<Qs8AddArgs>& kernel) const {
    Bytes y = Guarded<uint8_t>(args.count);
    Qs8AddArgs mine = args;
    mine.a = reinterpret_cast<const uint8_t*>(a.data());
    mine.b = reinterpret_cast<const uint8_t*>(b.data());
    mine.y = y.data();
    kernel.run(mine);
    return y;
  }
  void Print() const { std::printf("count %zu", args.count); }
};

struct Qs8MulCase {
  std::vector<int8_t> a, b;
  Qs8MulArgs args{};

  explicit Qs8MulCase(Draw* draw) {
    args.count = draw->Size(1, 200);
    args.b_step = draw->Size(0, 1);
    a = draw->Bytes(args.count);
    b = draw->Bytes(args.count);
    args.a_zero = static_cast<int32_t>(draw->Int(-128, 127));
    args.b_zero = static_cast<int32_t>(draw->Int(-128, 127));
    args.multiplier = draw->Coin() ? 0.5f : draw->Reals(1, 1e-5f, 2)[0];
    args.zero_point = static_cast<int32_t>(draw->Int(-128, 127));
    args.min = static_cast<int32_t>(draw->Int(-128, 0));
    args.max = static_cast<int32_t>(draw->Int(0, 127));
    for (uint8_t* flip : {&args.a_flip, &args.b_flip, &args.y_flip}) *flip = draw->Coin() ? 0x80 : 0;
  }
  Bytes Run(const Kernel<Qs8MulArgs>& kernel) const {
    Bytes y = Guarded<uint8_t>(args.count);
    Qs8MulArgs mine = args;
    mine.a = reinterpret_cast<const uint8_t*>(a.data());
    mine.b = reinterpret_cast<const uint8_t*>(b.data());
    mine.y = y.data();
    kernel.run(mine);
    return y;
  }
  void Print() const { std::printf("count %zu step %zu", args.count, args.b_step); }
};

struct Qs8QuantizeCase {
  Floats x;
  Qs8QuantizeArgs args{};

  explicit Qs8QuantizeCase(Draw* draw) {
    args.count = draw->Size(1, 100);
    // Products are not exact enough for all of them: by the third, just below 37.5 would become 38.
    constexpr float kScales[] = {0.25f, 1.0f / 255, 0x1.a7fffep-7f, 1e-40f, 0x1p110f};
    args.scale = draw->Coin() ? kScales[draw->Size(0, 4)] : draw->Reals(1, 0.001f, 2)[0];
    args.reciprocal = draw->Coin();
    args.zero_point = static_cast<int32_t>(draw->Int(-128, 127));
    args.flip = draw->Coin() ? 0x80 : 0;
    x = draw->Reals(args.count, -200 * args.scale, 200 * args.scale);
    const float exact = (draw->Coin() ? 37.5f : 0.5f + static_cast<float>(draw->Int(-256, 255))) * args.scale;
    constexpr float kOdd[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0.0f, -0.0f};
    for (float& v : x)
      if (draw->Int(0, 9) == 0) v = kOdd[draw->Size(0, 6)];
      else if (draw->Int(0, 3) == 0) v = (std::floor(v / args.scale) + 0.5f) * args.scale;
      else if (draw->Int(0, 3) == 0) v = std::nextafter(exact, draw->Coin() ? INFINITY : -INFINITY);
  }
  Bytes Run(const Kernel<Qs8QuantizeArgs>& kernel) const {
    Bytes y = Guarded<uint8_t>(args.count);
    Qs8QuantizeArgs mine = args;
    mine.x = x.data();
    mine.y = y.data();
    kernel.run(mine);
    return y;
  }
  void Print() const { std::printf("count %zu scale %g", args.count, static_cast<double>(args.scale)); }
};

struct Qs8DequantizeCase {
  std::vector<int8_t> x;
  Qs8DequantizeArgs args{};

  explicit Qs8DequantizeCase(Draw* draw) : x(draw->Bytes(draw->Size(1, 100))) {
    args.count = x.size();
    args.scale = draw->Reals(1, 0.001f, 2)[0];
    args.zero_point = static_cast<int32_t>(draw->Int(-128, 127));
    args.flip = draw->Coin() ? 0x80 : 0;
  }
  Floats Run(const Kernel<Qs8DequantizeArgs>& kernel) const {
    Floats y = Guarded<float>(args.count);
    Qs8DequantizeArgs mine = args;
    mine.x = reinterpret_cast<const uint8_t*>(x.data());
    mine.y = y.data();
    kernel.run(mine);
    return y;
  }
  void Print() const { std::printf("count %zu", args.count); }
};

struct Qs8SumCase {
  size_t pixels, channels, stride;
  std::vector<int8_t> x;
  uint8_t flip;

  explicit Qs8SumCase(Draw* draw)
      : pixels(draw->Size(0, draw->Coin() ? 20 : 600)), channels(draw->Size(1, 100)), stride(channels + draw->Size(0, 9)), x(draw->Bytes(pixels * stride + 1)),
        flip(draw->Coin() ? 0x80 : 0) {}
  std::vector<int32_t> Run(const Kernel<Qs8SumArgs>& kernel) const {
    auto sums = Guarded<int32_t>(channels);
    kernel.run({reinterpret_cast<const uint8_t*>(x.data()), pixels, stride, channels, flip, sums.data()});
    return sums;
  }
  void Print() const { std::printf("pixels %zu channels %zu", pixels, channels); }
};

struct Qs8MaxCase {
  size_t rows, pixels, channels;
  std::vector<int8_t> x;
  std::vector<const uint8_t*> pointers;
  uint8_t x_flip, y_flip;

  explicit Qs8MaxCase(Draw* draw)
      : rows(draw->Size(0, 4)), pixels(draw->Size(0, 4)), channels(draw->Size(1, 150)), x(draw->Bytes((pixels + 5) * channels)),
        x_flip(draw->Coin() ? 0x80 : 0), y_flip(draw->Coin() ? 0x80 : 0) {
    for (size_t r = 0; r < rows; r++) pointers.push_back(reinterpret_cast<const uint8_t*>(x.data()) + draw->Size(0, 4) * channels);
  }
  Bytes Run(const Kernel<Qs8MaxArgs>& kernel) const {
    Bytes y = Guarded<uint8_t>(channels);
    kernel.run({pointers.data(), rows, pixels, channels, channels, x_flip, y_flip, y.data()});
    return y;
  }
  void Print() const { std::printf("rows %zu pixels %zu channels %zu", rows, pixels, channels); }
};

struct Qs8BlendCase {
  std::vector<int32_t> top, bottom;
  int32_t weight;

  explicit Qs8BlendCase(Draw* draw) : weight(static_cast<int32_t>(draw->Int(0, 2048))) {
    const size_t count = draw->Size(0, 70);
    for (auto* line : {&top, &bottom})
      for (size_t i = 0; i < count; i++) line->push_back(static_cast<int32_t>(draw->Int(-128 * 2048, 127 * 2048)));
  }
  std::vector<int8_t> Run(const Kernel<Qs8BlendArgs>& kernel) const {
    auto y = Guarded<int8_t>(top.size());
    kernel.run({top.data(), bottom.data(), weight, top.size(), y.data()});
    return y;
  }
  void Print() const { std::printf("count %zu weight %d", top.size(), weight); }
};

struct InterleaveCase {
  size_t pixels, plane, channels, element_bytes;
  std::vector<int8_t> x;

  explicit InterleaveCase(Draw* draw)
      : pixels(draw->Size(1, 70)), plane(pixels + draw->Size(0, 3)), channels(draw->Size(1, 4)), element_bytes(draw->Coin() ? 1 : 4),
        x(draw->Bytes(plane * channels * element_bytes)) {}
  Bytes Run(const Kernel<InterleaveArgs>& kernel) const {
    Bytes y = Guarded<uint8_t>(pixels * channels * element_bytes);
    kernel.run({reinterpret_cast<const uint8_t*>(x.data()), plane, pixels, channels, element_bytes, y.data()});
    return y;
  }
  void Print() const { std::printf("pixels %zu channels %zu elements of %zu", pixels, channels, element_bytes); }
};

// Variants do different numbers of steps, but each adds up to what it counts.
struct PeakCase {
  bool is_float;
  size_t macs;

  explicit PeakCase(Draw* draw) : is_float(draw->Coin()), macs(draw->Size(0, 100000)) {}
  std::vector<int32_t> Run(const Kernel<PeakArgs>& kernel) const {
    size_t done = 0;
    double sum = -1;
    kernel.run({is_float, macs, &done, &sum});
    return {done >= macs, sum == static_cast<double>(done)};
  }
  void Print() const { std::printf("%s %zu", is_float ? "floats" : "integers", macs); }
};

int TestAll(const Trial& trial) {
  std::printf("seed %u\n", trial.seed);
  return TestFamily<PeakCase>(PeakFamily(), trial) +
         TestIntegerProducts(trial) +
         TestFamily<Qs8AddCase>(Qs8AddFamily(), trial) + TestFloatFamilies(trial) +
         TestFamily<Qs8MulCase>(Qs8MulFamily(), trial) + TestFamily<Qs8QuantizeCase>(Qs8QuantizeFamily(), trial) +
         TestFamily<Qs8DequantizeCase>(Qs8DequantizeFamily(), trial) + TestFamily<Qs8SumCase>(Qs8SumFamily(), trial) +
         TestFamily<Qs8MaxCase>(Qs8MaxFamily(), trial) + TestFamily<Qs8BlendCase>(Qs8BlendFamily(), trial) +
         TestFamily<InterleaveCase>(InterleaveFamily(), trial);
}

// Whether kernels of an instruction set run here but for what AVX-VNNI adds.
bool NeedsEmulation(const Trial& trial, const char* isa) {
  return std::strcmp(isa, IsaName(Isa::kX86AvxVnni)) == 0 && trial.Has(Isa::kX86Avx2) && !trial.Has(Isa::kX86AvxVnni);
}

}  // namespace
}  // namespace edgec

int main(int argc, char** argv) {
  edgec::Trial trial;
  if (argc > 1) trial.seed = static_cast<uint32_t>(std::atoi(argv[1]));
  if (argc > 2) trial.rounds = std::atoi(argv[2]);
  if (argc > 3) {
    trial.emulates = edgec::NeedsEmulation(trial, argv[3]) && edgec::EmulateAvxVnni();
    trial.isas.assign(1, edgec::Isa::kX86AvxVnni);
    if (!trial.emulates && !edgec::FindIsa(argv[3], trial.isas.data())) {
      std::printf("this machine has no %s\n", argv[3]);
      return 2;
    }
  }
  return edgec::TestAll(trial) == 0 ? 0 : 1;
}
