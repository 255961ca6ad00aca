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

// gcc 12 spills accumulators with the intrinsic in a loop; the instruction itself keeps them in registers.
template <int kRows, int kPanels, bool kFetches>
inline __attribute__((always_inline)) void Tile(const Qs8GemmArgs& args, const Requantizer& requantizer, const uint8_t* a, uint8_t* y, size_t n, Ahead ahead) {
  // Copies, which stores of bytes cannot change.
  const Qs8GemmArgs g = args;
  const Requantizer q = requantizer;
  __m512i acc[kRows][kPanels];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; p++) acc[r][p] = _mm512_loadu_si512(g.requant.bias + n + p * kLanes);
  const size_t panel = g.segment_count * g.depth * kLanes;
  const int8_t* w = g.weights + n / kLanes * panel;
  for (size_t s = 0; s < g.segment_count; s++) {
    const uint8_t* at = a + g.segments[s];
    for (size_t k = 0; k < g.depth; k += 4, w += 64, ahead.at += ahead.step) {
      if constexpr (kFetches) _mm_prefetch(ahead.at, _MM_HINT_T0);
      __m512i b[kPanels];
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; p++) b[p] = _mm512_loadu_si512(w + p * panel);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; r++) {
        int32_t four;
        __builtin_memcpy(&four, at + static_cast<size_t>(r) * g.a_stride + k, 4);
        const __m512i v = _mm512_set1_epi32(four);
#pragma GCC unroll 8
        for (int p = 0; p < kPanels; p++) asm("vpdpbusd %2, %1, %0" : "+v"(acc[r][p]) : "v"(v), "v"(b[p]));
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++) q.Store<kPanels>(acc[r], n, g.columns - n, y + static_cast<size_t>(r) * g.y_stride + n);
}

template <int kRows, int kPanels, bool kFetches>
void Run(const Qs8GemmArgs& g, const Requantizer& q, const uint8_t* a, uint8_t* y, size_t n, Ahead ahead) {
  Tile<kRows, kPanels, kFetches>(g, q, a, y, n, ahead);
}

using TileFunction = void (*)(const Qs8GemmArgs&, const Requantizer&, const uint8_t*, uint8_t*, size_t, Ahead);

constexpr size_t Panels(size_t columns) { return (columns + kLanes - 1) / kLanes; }
constexpr size_t Tiles(size_t rows, size_t most) { return (rows + most - 1) / most; }

template <int kPanels, bool kFetches, int... kRows>
void Rows(const Qs8GemmArgs& g, const Requantizer& q, size_t n, std::integer_sequence<int, kRows...>) {
  static constexpr TileFunction tiles[] = {Run<kRows + 1, kPanels, kFetches>...};
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

// All rows of the columns from n, some panels at a time.
void Columns(const Qs8GemmArgs& g, const Requantizer& q, size_t n) {
  constexpr int kFourPanels = 6, kTwoPanels = 12, kOnePanel = 16;  // most rows of a tile
  const size_t bytes = Panels(g.columns - n) * g.segment_count * g.depth * kLanes;
  const bool fetches = Ahead::Pays(bytes, 4, g.lines * Tiles(g.rows, kFourPanels));
  for (size_t left = Panels(g.columns - n); left > 0;) {
    const size_t take = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    if (take == 4 && fetches) Rows<4, true>(g, q, n, std::make_integer_sequence<int, kFourPanels>());
    else if (take == 4) Rows<4, false>(g, q, n, std::make_integer_sequence<int, kFourPanels>());
    else if (take == 2) Rows<2, false>(g, q, n, std::make_integer_sequence<int, kTwoPanels>());
    else Rows<1, false>(g, q, n, std::make_integer_sequence<int, kOnePanel>());
    n += take * kLanes;
    left -= take;
  }
}

bool IsVector(const Qs8GemmArgs& g) { return g.lines * g.rows == 1; }

// One row leaves the dot products waiting for each other unless there are many columns.
void Vector(const Qs8GemmArgs& g, const Requantizer& q) {
  size_t n = 0;
  for (; Panels(g.columns - n) >= 8; n += 8 * kLanes) Tile<1, 8, false>(g, q, g.a, g.y, n, Ahead());
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
