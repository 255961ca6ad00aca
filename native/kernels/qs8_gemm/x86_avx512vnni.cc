#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <utility>

#include "kernels/ahead.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
#include "kernels/x86_avx512_requant.inc"
#include "kernels/x86_avx512_rows.inc"

// The same 8 numbers or 32 bytes in both halves.
template <typename T>
inline __attribute__((always_inline)) __m512i Twice(const T* at) {
  return _mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
}

// gcc 12 spills accumulators with the intrinsic in a loop; the instruction itself keeps them in registers.
inline __attribute__((always_inline)) void Dot(__m512i& acc, __m512i u8, __m512i s8) { asm("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(u8), "v"(s8)); }

inline __attribute__((always_inline)) __m512i Four(const uint8_t* at) {
  int32_t four;
  __builtin_memcpy(&four, at, sizeof(four));
  return _mm512_set1_epi32(four);
}

// Rows of kPanels from column n on and, where it ends in half a panel, of its 8 columns: vectors of those have two rows.
template <int kRows, int kPanels, bool kHalf, bool kFetches>
inline __attribute__((always_inline)) void Tile(const Qs8GemmArgs& args, const Requantizer& requantizer, const uint8_t* a, uint8_t* y, size_t n, Ahead ahead) {
  // Copies, which stores of bytes cannot change.
  const Qs8GemmArgs g = args;
  const Requantizer q = requantizer;
  constexpr int kPairs = (kRows + 1) / 2, kFours = (kRows + 3) / 4, kColumns = kPanels * kLanes;
  constexpr __mmask16 kUpper = 0xff00;
  __m512i acc[kRows][std::max(kPanels, 1)], pairs[kPairs];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; p++) acc[r][p] = _mm512_loadu_si512(g.requant.bias + n + p * kLanes);
  if constexpr (kHalf)
#pragma GCC unroll 16
    for (int r = 0; r < kPairs; r++) pairs[r] = Twice(g.requant.bias + n + kColumns);
  const size_t panel = g.segment_count * g.depth * kLanes;
  const int8_t* w = g.weights + n / kLanes * panel;
  for (size_t s = 0; s < g.segment_count; s++) {
    const uint8_t* at[kFours];
#pragma GCC unroll 4
    for (int i = 0; i < kFours; i++) at[i] = a + 4 * i * g.a_stride + g.segments[s];
    for (size_t k = 0; k < g.depth; k += 4, w += 64, ahead.at += ahead.step) {
      if constexpr (kFetches) _mm_prefetch(ahead.at, _MM_HINT_T0);
      const auto row = [&](int r) __attribute__((always_inline)) { return at[r / 4] + static_cast<size_t>(r % 4) * g.a_stride; };
      __m512i b[std::max(kPanels, 1)], half;
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; p++) b[p] = _mm512_loadu_si512(w + p * panel);
      if constexpr (kHalf) half = Twice(w + kPanels * panel);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; r += 2) {
        constexpr auto last = [](int i) { return i < kRows ? i : kRows - 1; };
        const __m512i v = Four(row(r)), next = Four(row(last(r + 1)));
#pragma GCC unroll 8
        for (int p = 0; p < kPanels; p++) Dot(acc[r][p], v, b[p]);
        if (r + 1 < kRows)
#pragma GCC unroll 8
          for (int p = 0; p < kPanels; p++) Dot(acc[last(r + 1)][p], next, b[p]);
        if constexpr (kHalf) Dot(pairs[r / 2], _mm512_mask_blend_epi32(kUpper, v, next), half);
      }
#pragma GCC unroll 4
      for (int i = 0; i < kFours; i++) Advance(at[i]);
    }
  }
  if constexpr (kPanels > 0) q.Store<kRows, kPanels>(acc, n, g.columns - n, y + n, g.y_stride);
  if constexpr (kHalf) q.StorePairs<kRows>(pairs, n + kColumns, g.columns - n - kColumns, y + n + kColumns, g.y_stride);
}

template <int kRows, int kPanels, bool kHalf, bool kFetches>
void Run(const Qs8GemmArgs& g, const Requantizer& q, const uint8_t* a, uint8_t* y, size_t n, Ahead ahead) {
  Tile<kRows, kPanels, kHalf, kFetches>(g, q, a, y, n, ahead);
}

using TileFunction = void (*)(const Qs8GemmArgs&, const Requantizer&, const uint8_t*, uint8_t*, size_t, Ahead);

constexpr size_t Panels(size_t columns) { return Tiles(columns, kLanes); }

template <int kPanels, bool kHalf, bool kFetches, int... kRows>
void Rows(const Qs8GemmArgs& g, const Requantizer& q, size_t n, std::integer_sequence<int, kRows...>) {
  static constexpr TileFunction tiles[] = {Run<kRows + 1, kPanels, kHalf, kFetches>...};
  constexpr size_t most = sizeof...(kRows);
  const size_t panel = g.segment_count * g.depth * kLanes;
  Ahead ahead(g.weights + (n / kLanes + kPanels) * panel, kPanels, g.lines * Tiles(g.rows, most));
  for (size_t l = 0; l < g.lines; l++) {
    const uint8_t* a = g.a + l * g.a_line;
    uint8_t* y = g.y + l * g.y_line;
    for (size_t left = g.rows; left > 0;) {
      const size_t take = TileRows(left, most);
      tiles[take - 1](g, q, a, y, n, ahead);
      ahead.at += panel / Ahead::kLine * ahead.step;
      a += take * g.a_stride;
      y += take * g.y_stride;
      left -= take;
    }
  }
}

// All rows of kPanels and of half a panel, kMost of them at a time.
template <int kMost, int kPanels, bool kHalf, bool kFetches = false>
void Rows(const Qs8GemmArgs& g, const Requantizer& q, size_t n) {
  Rows<kPanels, kHalf, kFetches>(g, q, n, std::make_integer_sequence<int, kMost>());
}

// All rows of the columns from n, some panels at a time.
void Columns(const Qs8GemmArgs& g, const Requantizer& q, size_t n) {
  constexpr int kFourPanels = 6, kTwoPanels = 12, kOnePanel = 16;  // most rows of a tile
  constexpr size_t kHalf = kLanes / 2;
  const size_t bytes = Panels(g.columns - n) * g.segment_count * g.depth * kLanes;
  const bool fetches = Ahead::Pays(bytes, 4, g.lines * Tiles(g.rows, kFourPanels));
  while (n < g.columns) {
    const size_t left = g.columns - n;
    if (left > 3 * kLanes) {
      if (fetches) Rows<kFourPanels, 4, false, true>(g, q, n);
      else Rows<kFourPanels, 4, false>(g, q, n);
      n += 4 * kLanes;
    } else if (left > kLanes + kHalf) {
      Rows<kTwoPanels, 2, false>(g, q, n);
      n += 2 * kLanes;
    } else if (left > kLanes) {
      Rows<kOnePanel, 1, true>(g, q, n);
      n += 2 * kLanes;
    } else if (left > kHalf) {
      Rows<kOnePanel, 1, false>(g, q, n);
      n += kLanes;
    } else {
      Rows<kOnePanel, 0, true>(g, q, n);
      n += kLanes;
    }
  }
}

bool IsVector(const Qs8GemmArgs& g) { return g.lines * g.rows == 1; }

// One row leaves the dot products waiting for each other unless there are many columns.
void Vector(const Qs8GemmArgs& g, const Requantizer& q) {
  size_t n = 0;
  for (; Panels(g.columns - n) >= 8; n += 8 * kLanes) Tile<1, 8, false, false>(g, q, g.a, g.y, n, Ahead());
  if (n < g.columns) Columns(g, q, n);
}

}  // namespace

void Qs8Gemm(const Qs8GemmArgs& g) {
  if (g.lines * g.rows == 0) return;
  const Requantizer q(g.requant, g.flip);
  if (IsVector(g)) return Vector(g, q);
  // Columns share a band of rows while these are near.
  constexpr size_t kBandBytes = 1 << 17, kTileRows = 48;
  Qs8GemmArgs band = g;
  if (g.lines > 1) {
    const size_t most = std::max<size_t>(1, kBandBytes / (g.a_line + g.y_line));
    for (size_t l = 0; l < g.lines; l += most, band.a += most * g.a_line, band.y += most * g.y_line) {
      band.lines = std::min(most, g.lines - l);
      Columns(band, q, 0);
    }
  } else {
    const size_t most = RoundUp(std::max<size_t>(1, kBandBytes / (g.a_stride + g.y_stride)), kTileRows);
    for (size_t r = 0; r < g.rows; r += most, band.a += most * g.a_stride, band.y += most * g.y_stride) {
      band.rows = std::min(most, g.rows - r);
      Columns(band, q, 0);
    }
  }
}

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
