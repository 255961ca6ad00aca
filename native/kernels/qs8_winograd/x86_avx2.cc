#include "kernels/qs8_winograd/qs8_winograd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#include <utility>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
constexpr size_t kWidth = 8;
#include "kernels/vectors.inc"
#include "kernels/qs8_winograd/transforms.inc"
#include "kernels/x86_avx2_requant.inc"

constexpr int kMostRows = 6;
using Stored = uint8_t;

inline __attribute__((always_inline)) U16s Weights(const int8_t* w, size_t at) { return Widened(w + at); }

template <int kRows>
void Tile(const uint16_t* v, size_t stride, const uint16_t* u, size_t pairs, bool adds, uint32_t* sums) {
  __m256i acc[kRows][2];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; r++)
    for (int h = 0; h < 2; h++) acc[r][h] = adds ? Load<__m256i>(sums + r * static_cast<int>(kLanes) + 8 * h) : _mm256_setzero_si256();
  for (size_t k = 0; k < pairs; k++, v += 2, u += 2 * kLanes) {
    const __m256i low = Load<__m256i>(u), high = Load<__m256i>(u + kLanes);
#pragma GCC unroll 6
    for (int r = 0; r < kRows; r++) {
      int32_t two;
      __builtin_memcpy(&two, v + static_cast<size_t>(r) * stride, sizeof(two));
      const __m256i pair = _mm256_set1_epi32(two);
      __m256i products;
      asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(acc[r][0]), "=&x"(products) : "x"(low), "x"(pair));
      asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(acc[r][1]), "=&x"(products) : "x"(high), "x"(pair));
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < kRows; r++)
    for (int h = 0; h < 2; h++) Store(sums + r * static_cast<int>(kLanes) + 8 * h, acc[r][h]);
}

template <int kMost>
inline __attribute__((always_inline)) void StorePixels(const Qs8WinogradArgs& g, const U32s (*acc)[kVectors], size_t count, size_t n, uint8_t* y) {
  const Requantizer requantizer(g.requant, g.flip);
  const auto* sums = reinterpret_cast<const __m256i(*)[kVectors]>(acc);
  if (count == kMost) return requantizer.Store<kMost, kVectors>(sums, n, g.columns - n, y, g.y_stride);
  for (size_t j = 0; j < count; j++) requantizer.Store<1, kVectors>(sums + j, n, g.columns - n, y + j * g.y_stride, g.y_stride);
}

#include "kernels/qs8_winograd/vectors.inc"
}  // namespace

void Qs8Winograd(const Qs8WinogradArgs& g) { WinogradAll(g); }

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
