#include "kernels/qs8_winograd/qs8_winograd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#include <utility>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/qs8_winograd/transforms.inc"
#include "kernels/x86_avx2_requant.inc"

typedef uint16_t U16s __attribute__((vector_size(32)));
typedef uint32_t U32s __attribute__((vector_size(32)));

constexpr int kMostRows = 6;

inline __attribute__((always_inline)) __m256i Load(const void* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }
inline __attribute__((always_inline)) void Store(void* at, __m256i v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v); }

// Products of squares at one point, whose inputs lie `stride` elements apart, by weights [pairs][16][2]. Their sums are `sums`, or
// are added to those.
template <int kRows>
void Tile(const int16_t* v, size_t stride, const int16_t* u, size_t pairs, bool adds, int32_t* sums) {
  __m256i acc[kRows][2];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; r++)
    for (int h = 0; h < 2; h++) acc[r][h] = adds ? Load(sums + r * static_cast<int>(kLanes) + 8 * h) : _mm256_setzero_si256();
  for (size_t k = 0; k < pairs; k++, v += 2, u += 2 * kLanes) {
    const __m256i low = Load(u), high = Load(u + kLanes);
#pragma GCC unroll 6
    for (int r = 0; r < kRows; r++) {
      int32_t two;
      std::memcpy(&two, v + static_cast<size_t>(r) * stride, sizeof(two));
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

template <int... kRows>
void Multiply(const int16_t* v, size_t stride, const int16_t* u, size_t pairs, size_t rows, bool adds, int32_t* sums, std::integer_sequence<int, kRows...>) {
  static constexpr decltype(&Tile<1>) tiles[] = {Tile<kRows + 1>...};
  while (rows > 0) {
    const size_t take = TileRows(rows, kMostRows);
    tiles[take - 1](v, stride, u, pairs, adds, sums);
    v += take * stride;
    sums += take * kLanes;
    rows -= take;
  }
}

template <size_t kSide>
class Winograd {
 public:
  explicit Winograd(const Qs8WinogradArgs& g)
      : g_(g), lies_(g.block, g.channels), across_(RoundUp(g.out_width, kSide) / kSide), requantizer_(g.requant, g.flip),
        inputs_(reinterpret_cast<int16_t*>(g.scratch)), weights_(inputs_ + kPoints * kPoints * lies_.inputs),
        sums_(reinterpret_cast<int32_t*>(weights_ + kPoints * kPoints * lies_.weights)) {}

  void Run() const {
    const size_t panel = 3 * RoundUp(3 * g_.channels, 4) * kLanes;
    for (size_t s = g_.first; s < g_.end; s += g_.block) {
      const size_t count = g_.end - s < g_.block ? g_.end - s : g_.block;
      for (size_t i = 0; i < count; i++) TransformInputs(s + i, inputs_ + i * lies_.square);
      for (size_t n = 0; n < g_.columns; n += kLanes) {
        for (size_t c = 0; c < g_.channels; c += lies_.depth) {
          const size_t depth = g_.channels - c < lies_.depth ? g_.channels - c : lies_.depth;
          TransformWeights(g_.weights + n / kLanes * panel + c * kLanes, depth);
          for (size_t p = 0; p < kPoints * kPoints; p++)
            Multiply(inputs_ + p * lies_.inputs + c, lies_.square, weights_ + p * lies_.weights, depth / 2, count, c > 0, sums_ + p * lies_.sums,
                     std::make_integer_sequence<int, kMostRows>());
        }
        for (size_t i = 0; i < count; i++) TransformOutputs(s + i, n, sums_ + i * kLanes);
      }
    }
  }

 private:
  static constexpr size_t kPoints = kSide + 2;

  void TransformInputs(size_t square, int16_t* to) const {
    const size_t iy = square / across_ * kSide - g_.top, ix = square % across_ * kSide - g_.left;
    const bool inside = iy < g_.height && ix < g_.width && iy + kPoints <= g_.height && ix + kPoints <= g_.width;
    for (size_t c = 0; c < g_.channels; c += 16) {
      if (inside) TransformInputs<true>(iy, ix, c, to + c);
      else TransformInputs<false>(iy, ix, c, to + c);
    }
  }

  template <bool kInside>
  inline __attribute__((always_inline)) void TransformInputs(size_t iy, size_t ix, size_t c, int16_t* to) const {
    U16s rows[kPoints][kPoints];
#pragma GCC unroll 6
    for (size_t j = 0; j < kPoints; j++) {
      U16s d[kPoints], v[kPoints];
#pragma GCC unroll 6
      for (size_t i = 0; i < kPoints; i++) {
        const bool inside = kInside || (iy + i < g_.height && ix + j < g_.width);
        d[i] = inside ? Sixteen(g_.x + ((iy + i) * g_.width + ix + j) * g_.channels + c) : U16s{} + g_.fill;
      }
      Transform<kSide>::Inputs(d, v);
#pragma GCC unroll 6
      for (size_t i = 0; i < kPoints; i++) rows[i][j] = v[i];
    }
#pragma GCC unroll 6
    for (size_t i = 0; i < kPoints; i++) {
      U16s v[kPoints];
      Transform<kSide>::Inputs(rows[i], v);
#pragma GCC unroll 6
      for (size_t j = 0; j < kPoints; j++) Store(to + (i * kPoints + j) * lies_.inputs, reinterpret_cast<__m256i>(v[j]));
    }
  }
  static inline __attribute__((always_inline)) U16s Sixteen(const uint8_t* at) {
    return reinterpret_cast<U16s>(_mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))));
  }
  static inline __attribute__((always_inline)) U16s Sixteen(const int8_t* at) {
    return reinterpret_cast<U16s>(_mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))));
  }

  // Two channels of 8 columns at a time.
  void TransformWeights(const int8_t* w, size_t depth) const {
    const size_t tap = g_.channels * kLanes, run = RoundUp(3 * g_.channels, 4) * kLanes;
    for (size_t at = 0; at < depth * kLanes; at += 16) {
      U16s lines[kPoints][3];
#pragma GCC unroll 3
      for (size_t kx = 0; kx < 3; kx++) {
        U16s u[kPoints];
        const U16s column[] = {Sixteen(w + kx * tap + at), Sixteen(w + run + kx * tap + at), Sixteen(w + 2 * run + kx * tap + at)};
        Transform<kSide>::Weights(column, u);
#pragma GCC unroll 6
        for (size_t i = 0; i < kPoints; i++) lines[i][kx] = u[i];
      }
#pragma GCC unroll 6
      for (size_t i = 0; i < kPoints; i++) {
        U16s u[kPoints];
        Transform<kSide>::Weights(lines[i], u);
#pragma GCC unroll 6
        for (size_t j = 0; j < kPoints; j++) Store(weights_ + (i * kPoints + j) * lies_.weights + at, reinterpret_cast<__m256i>(u[j]));
      }
    }
  }

  void TransformOutputs(size_t square, size_t n, const int32_t* from) const {
    const size_t oy = square / across_ * kSide, ox = square % across_ * kSide;
    const size_t down = g_.out_height - oy < kSide ? g_.out_height - oy : kSide, right = g_.out_width - ox < kSide ? g_.out_width - ox : kSide;
    U32s lines[kSide][2][kPoints];
#pragma GCC unroll 6
    for (size_t j = 0; j < kPoints; j++)
#pragma GCC unroll 2
      for (size_t h = 0; h < 2; h++) {
        U32s m[kPoints], y[kSide];
#pragma GCC unroll 6
        for (size_t i = 0; i < kPoints; i++) m[i] = reinterpret_cast<U32s>(Load(from + (i * kPoints + j) * lies_.sums + 8 * h));
        Transform<kSide>::Outputs(m, y);
#pragma GCC unroll 4
        for (size_t i = 0; i < kSide; i++) lines[i][h][j] = y[i];
      }
    const U32s bias[] = {reinterpret_cast<U32s>(Load(g_.requant.bias + n)), reinterpret_cast<U32s>(Load(g_.requant.bias + n + 8))};
    for (size_t i = 0; i < down; i++) {
      __m256i acc[kSide][2];
#pragma GCC unroll 2
      for (size_t h = 0; h < 2; h++) {
        U32s y[kSide];
        Transform<kSide>::Outputs(lines[i][h], y);
#pragma GCC unroll 4
        for (size_t j = 0; j < kSide; j++) acc[j][h] = reinterpret_cast<__m256i>(bias[h] + Unscaled(y[j]));
      }
      StoreLine(acc, right, n, g_.y + ((oy + i) * g_.out_width + ox) * g_.y_stride + n);
    }
  }
  static inline __attribute__((always_inline)) U32s Unscaled(U32s y) {
    if constexpr (Transform<kSide>::kInverse != 1) y *= Transform<kSide>::kInverse;
    return reinterpret_cast<U32s>(_mm256_srai_epi32(reinterpret_cast<__m256i>(y), Transform<kSide>::kShift));
  }
  inline __attribute__((always_inline)) void StoreLine(const __m256i (*acc)[2], size_t count, size_t n, uint8_t* y) const {
    const size_t left = g_.columns - n;
    if (count == kSide) return requantizer_.Store<kSide, 2>(acc, n, left, y, g_.y_stride);
    for (size_t j = 0; j < count; j++) requantizer_.Store<1, 2>(acc + j, n, left, y + j * g_.y_stride, g_.y_stride);
  }

  const Qs8WinogradArgs& g_;
  const Qs8WinogradScratch lies_;
  const size_t across_;
  const Requantizer requantizer_;
  int16_t *const inputs_, *const weights_;
  int32_t* const sums_;
};

}  // namespace

void Qs8Winograd(const Qs8WinogradArgs& g) {
  if (g.side == 2) Winograd<2>(g).Run();
  else Winograd<4>(g).Run();
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
