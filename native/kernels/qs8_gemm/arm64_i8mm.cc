#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(EDGEC_I8MM)
#include <arm_neon.h>

#include <algorithm>
#include <utility>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+i8mm")
namespace edgec::arm64_i8mm {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"

constexpr int kMostRows = 6, kRowStep = 2;
#include "kernels/qs8_gemm/rows.inc"

// SMMLA takes eight bytes of two rows and of two columns, side by side, to the 2×2 sums of their products. Sums of a pair of rows
// are vectors of two columns, first those of its even row.
using PairSums = int32x4_t[8];

inline __attribute__((always_inline)) int8x16_t LowHalves(int8x16_t a, int8x16_t b) {
  return vreinterpretq_s8_s64(vzip1q_s64(vreinterpretq_s64_s8(a), vreinterpretq_s64_s8(b)));
}

inline __attribute__((always_inline)) int8x16_t HighHalves(int8x16_t a, int8x16_t b) {
  return vreinterpretq_s8_s64(vzip2q_s64(vreinterpretq_s64_s8(a), vreinterpretq_s64_s8(b)));
}

inline __attribute__((always_inline)) int8x16_t Eight(const int8_t* even, const int8_t* odd) {
  return vcombine_s8(vld1_s8(even), vld1_s8(odd));
}

// Four bytes of each row, twice.
inline __attribute__((always_inline)) int8x16_t Four(const int8_t* even, const int8_t* odd) {
  int32_t first, second;
  __builtin_memcpy(&first, even, 4);
  __builtin_memcpy(&second, odd, 4);
  return vreinterpretq_s8_s32(vcombine_s32(vdup_n_s32(first), vdup_n_s32(second)));
}

// Volatile keeps the order, in which the sums stay in registers; GCC spills them around the intrinsic.
template <int kPairs>
inline __attribute__((always_inline)) void Add(int8x16_t b, const int8x16_t* x, int c, PairSums* acc) {
#pragma GCC unroll 3
  for (int p = 0; p < kPairs; p++) asm volatile("smmla %0.4s, %1.16b, %2.16b" : "+w"(acc[p][c]) : "w"(x[p]), "w"(b));
}

template <int kPairs>
inline __attribute__((always_inline)) void AddEight(const int8_t* w, const int8x16_t* x, PairSums* acc) {
#pragma GCC unroll 8
  for (int c = 0; c < 8; c++) Add<kPairs>(vld1q_s8(w + 16 * c), x, c, acc);
}

// The last four bytes of a run; the weights of four columns are a vector.
template <int kPairs>
inline __attribute__((always_inline)) void AddFour(const int8_t* w, const int8x16_t* x, PairSums* acc) {
  const int32x4_t zero = vdupq_n_s32(0);
#pragma GCC unroll 4
  for (int c = 0; c < 4; c++) {
    const int32x4_t b = vreinterpretq_s32_s8(vld1q_s8(w + 16 * c));
    Add<kPairs>(vreinterpretq_s8_s32(vzip1q_s32(b, zero)), x, 2 * c, acc);
    Add<kPairs>(vreinterpretq_s8_s32(vzip2q_s32(b, zero)), x, 2 * c + 1, acc);
  }
}

template <int kPairs>
inline __attribute__((always_inline)) void LoadPairSums(const int32_t* bias, PairSums* acc) {
#pragma GCC unroll 8
  for (int c = 0; c < 8; c++) {
    const int32x2_t two = vld1_s32(bias + 2 * c);
#pragma GCC unroll 3
    for (int p = 0; p < kPairs; p++) acc[p][c] = vcombine_s32(two, two);
  }
}

template <int kRows>
inline __attribute__((always_inline)) void StorePairSums(const Qs8GemmArgs& g, const PairSums* acc, uint8_t* y, size_t n) {
  int32x4_t rows[kRows][4];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      const int8x16_t left = vreinterpretq_s8_s32(acc[r / 2][2 * i]), right = vreinterpretq_s8_s32(acc[r / 2][2 * i + 1]);
      rows[r][i] = vreinterpretq_s32_s8(r % 2 == 0 ? LowHalves(left, right) : HighHalves(left, right));
    }
  StoreRows<kRows>(g, rows, y, n);
}

// A row that is left over is a pair with itself.
template <int kRows>
void Tile(const Qs8GemmArgs& g, const uint8_t* a, uint8_t* y, size_t n) {
  constexpr int kPairs = (kRows + 1) / 2;
  PairSums acc[kPairs];
  LoadPairSums<kPairs>(g.requant.bias + n, acc);
  const int8_t* w = g.weights + n * g.segment_count * g.depth;
  for (size_t s = 0; s < g.segment_count; s++) {
    const int8_t *even[kPairs], *odd[kPairs];
#pragma GCC unroll 3
    for (int p = 0; p < kPairs; p++) {
      even[p] = reinterpret_cast<const int8_t*>(a + g.segments[s]) + static_cast<size_t>(2 * p) * g.a_stride;
      odd[p] = 2 * p + 1 < kRows ? even[p] + g.a_stride : even[p];
    }
    size_t k = 0;
    int8x16_t x[kPairs], next[kPairs];
    for (; k + 16 <= g.depth; k += 16, w += 256) {
#pragma GCC unroll 3
      for (int p = 0; p < kPairs; p++) {
        const int8x16_t e = vld1q_s8(even[p] + k), o = vld1q_s8(odd[p] + k);
        x[p] = LowHalves(e, o);
        next[p] = HighHalves(e, o);
      }
      AddEight<kPairs>(w, x, acc);
      AddEight<kPairs>(w + 128, next, acc);
    }
    if (k + 8 <= g.depth) {
#pragma GCC unroll 3
      for (int p = 0; p < kPairs; p++) x[p] = Eight(even[p] + k, odd[p] + k);
      AddEight<kPairs>(w, x, acc);
      k += 8;
      w += 128;
    }
    if (k < g.depth) {
#pragma GCC unroll 3
      for (int p = 0; p < kPairs; p++) x[p] = Four(even[p] + k, odd[p] + k);
      AddFour<kPairs>(w, x, acc);
      w += 64;
    }
  }
  StorePairSums<kRows>(g, acc, y, n);
}

}  // namespace

void Qs8Gemm(const Qs8GemmArgs& g) { GemmAll(g); }

}  // namespace edgec::arm64_i8mm
#pragma GCC pop_options
#endif
