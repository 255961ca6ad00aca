#include "kernels/qs8_winograd/qs8_winograd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <utility>

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
constexpr size_t kWidth = 16;
#include "kernels/vectors.inc"
#include "kernels/qs8_winograd/transforms.inc"
#include "kernels/x86_avx512_requant.inc"

constexpr int kMostRows = 12;
using Stored = uint8_t;

inline __attribute__((always_inline)) U16s Weights(const int8_t* w, size_t at) { return Widened(w + at); }

// gcc 12 spills accumulators with the intrinsic in a loop; the instruction itself keeps them in registers.
template <int kRows>
void Tile(const uint16_t* v, size_t stride, const uint16_t* u, size_t pairs, bool adds, uint32_t* sums) {
  struct __attribute__((packed, may_alias)) Pair {
    uint16_t channels[2];
  };
  __m512i acc[kRows];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; r++) acc[r] = adds ? Load<__m512i>(sums + static_cast<size_t>(r) * kLanes) : _mm512_setzero_si512();
  for (size_t k = 0; k < pairs; k++, v += 2, u += 2 * kLanes) {
    const __m512i weights = Load<__m512i>(u);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; r++) {
      const auto& pair = *reinterpret_cast<const Pair*>(v + static_cast<size_t>(r) * stride);
      asm("vpdpwssd %2%{1to16%}, %1, %0" : "+v"(acc[r]) : "v"(weights), "m"(pair));
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < kRows; r++) Store(sums + static_cast<size_t>(r) * kLanes, acc[r]);
}

template <int kMost>
inline __attribute__((always_inline)) void StorePixels(const Qs8WinogradArgs& g, const U32s (*acc)[kVectors], size_t count, size_t n, uint8_t* y) {
  const Requantizer requantizer(g.requant, g.flip);
  for (size_t j = 0; j < count; j++) requantizer.Store<1, 1>(reinterpret_cast<const __m512i(*)[1]>(acc[j]), n, g.columns - n, y + j * g.y_stride, 0);
}

#include "kernels/qs8_winograd/vectors.inc"
}  // namespace

void Qs8Winograd(const Qs8WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
