#ifndef EDGEC_KERNELS_KERNELS_H_
#define EDGEC_KERNELS_KERNELS_H_

#include <cstddef>
#include <cstdint>

#include "base/cpu.h"

namespace edgec {

constexpr size_t kLanes = 16;  // channels of one packed column of weights

// How int32 sums become int8 (docs/numerics.md, section 3). Arrays hold a multiple of 16 entries.
struct Requant {
  const int32_t* bias = nullptr;
  const float* multiplier = nullptr;
  int32_t zero_point = 0;
  int32_t min = -128;
  int32_t max = 127;
};

// y[m][n] = requant(bias[n] + Σk a[m][k] · w[k][n]); a is u8 with rows of `depth` bytes, a multiple of 4.
// Weights: [n/16][depth/4][16][4]. Rows of y are `y_stride` bytes apart.
struct Qs8GemmArgs {
  const uint8_t* a;
  size_t rows, depth, columns;
  const int8_t* weights;
  Requant requant;
  int8_t* y;
  size_t y_stride;
};

// y[m][n] = clamp(bias[n] + Σk a[m][k] · w[k][n]). Weights: [n/16][depth][16].
struct F32GemmArgs {
  const float* a;
  size_t a_stride, rows, depth, columns;
  const float* weights;
  const float* bias;
  float min, max;
  float* y;
  size_t y_stride;
};

// One output pixel row of a depthwise convolution over taps whose inputs are given as pointers (a pointer to
// the padding row where the tap falls outside). Weights: [tap][channels16], channels16 a multiple of 16.
struct Qs8DepthwiseArgs {
  const int8_t* const* taps;  // [pixels][tap_count]
  size_t pixels, tap_count, channels;
  const int16_t* weights;
  Requant requant;  // its bias holds −zx · Σw: the kernel multiplies stored inputs

  int8_t* y;
};

struct F32DepthwiseArgs {
  const float* const* taps;
  size_t pixels, tap_count, channels;
  const float* weights;
  const float* bias;
  float min, max;
  float* y;
};

// QAdd on operands of equal shape.
struct Qs8AddArgs {
  const int8_t* a;
  const int8_t* b;
  int8_t* y;
  size_t count;
  int32_t a_multiplier, b_multiplier, offset;  // offset holds the zero points and half a unit
  int32_t shift, zero_point, min, max;
};

struct KernelSet {
  const char* isa;
  void (*qs8_gemm)(const Qs8GemmArgs&);
  void (*f32_gemm)(const F32GemmArgs&);
  void (*qs8_depthwise)(const Qs8DepthwiseArgs&);
  void (*f32_depthwise)(const F32DepthwiseArgs&);
  void (*qs8_add)(const Qs8AddArgs&);
};

const KernelSet& KernelsFor(Isa isa);

}  // namespace edgec

#endif  // EDGEC_KERNELS_KERNELS_H_
