#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(EDGEC_AVX_VNNI)
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/ahead.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,avxvnni")
namespace edgec::x86_avxvnni {
namespace {
#include "kernels/x86_avxvnni.inc"

#include "kernels/x86_avx2_requant.inc"

constexpr int kPanelRows = 6, kHalfRows = 12, kVectorPanels = 6;  // accumulators of 16 columns in a tile, of 8, of one row

size_t PanelBytes(const Qs8GemmArgs& g) { return g.segment_count * g.depth * kLanes; }

inline __attribute__((always_inline)) Vector Bias(const Qs8GemmArgs& g, size_t n) { return Load(g.requant.bias + n); }

// Calls step(bytes of the first row, their weights in a panel) for every four bytes of a row.
template <typename Step>
inline __attribute__((always_inline)) void Walk(const Qs8GemmArgs& g, const uint8_t* a, const int8_t* w, const Step& step) {
  for (size_t s = 0; s < g.segment_count; s++) {
    const uint8_t* at = a + g.segments[s];
    for (size_t k = 0; k < g.depth; k += 4, w += 4 * kLanes) step(at + k, w);
  }
}

// Rows of 16 columns from n on, or of 8.
template <int kRows, int kHalves>
void Tile(const Qs8GemmArgs& g, const Requantizer& requantizer, const uint8_t* a, const int8_t* w, uint8_t* y, size_t n, Ahead ahead) {
  const size_t stride = g.a_stride;
  Vector acc[kRows][kHalves];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 2
    for (int h = 0; h < kHalves; h++) acc[r][h] = Bias(g, n + 8 * h);
  Walk(g, a, w, [&](const uint8_t* at, const int8_t* weights) __attribute__((always_inline)) {
    _mm_prefetch(ahead.at, _MM_HINT_T0);
    ahead.at += ahead.step;
    Vector b[kHalves];
#pragma GCC unroll 2
    for (int h = 0; h < kHalves; h++) b[h] = Load(weights + 32 * h);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; r++) {
      const Vector v = Four(at + static_cast<size_t>(r) * stride);
#pragma GCC unroll 2
      for (int h = 0; h < kHalves; h++) Dot(acc[r][h], v, b[h]);
    }
  });
  requantizer.Store<kRows, kHalves>(acc, n, g.columns - n, y + n, g.y_stride);
}

template <int kHalves, int... kRows>
void Panel(const Qs8GemmArgs& g, const Requantizer& q, const int8_t* w, size_t n, std::integer_sequence<int, kRows...>) {
  static constexpr decltype(&Tile<1, kHalves>) tiles[] = {Tile<kRows + 1, kHalves>...};
  constexpr size_t most = sizeof...(kRows);
  Ahead ahead(w + PanelBytes(g), 1, g.lines * ((g.rows + most - 1) / most));
  for (size_t l = 0; l < g.lines; l++) {
    const uint8_t* a = g.a + l * g.a_line;
    uint8_t* y = g.y + l * g.y_line;
    for (size_t left = g.rows; left > 0;) {
      const size_t take = TileRows(left, most);
      tiles[take - 1](g, q, a, w, y, n, ahead);
      ahead.at += PanelBytes(g) / Ahead::kLine * ahead.step;
      a += take * g.a_stride;
      y += take * g.y_stride;
      left -= take;
    }
  }
}

void Columns(const Qs8GemmArgs& g, const Requantizer& q, size_t n) {
  const int8_t* w = g.weights + n / kLanes * PanelBytes(g);
  for (; n < g.columns; n += kLanes, w += PanelBytes(g))
    if (g.columns - n > kLanes / 2) Panel<2>(g, q, w, n, std::make_integer_sequence<int, kPanelRows>());
    else Panel<1>(g, q, w, n, std::make_integer_sequence<int, kHalfRows>());
}

// One row, whose products with few columns would wait for each other.
void OneRow(const Qs8GemmArgs& g, const Requantizer& q) {
  size_t n = 0;
  for (; n + kVectorPanels * kLanes <= g.columns; n += kVectorPanels * kLanes) {
    const size_t panel = PanelBytes(g);
    Vector acc[kVectorPanels][1][2];
#pragma GCC unroll 6
    for (int p = 0; p < kVectorPanels; p++)
#pragma GCC unroll 2
      for (int h = 0; h < 2; h++) acc[p][0][h] = Bias(g, n + p * kLanes + 8 * h);
    Walk(g, g.a, g.weights + n / kLanes * panel, [&](const uint8_t* at, const int8_t* weights) __attribute__((always_inline)) {
      const Vector v = Four(at);
#pragma GCC unroll 6
      for (int p = 0; p < kVectorPanels; p++)
#pragma GCC unroll 2
        for (int h = 0; h < 2; h++) Dot(acc[p][0][h], v, Load(weights + p * panel + 32 * h));
    });
#pragma GCC unroll 6
    for (int p = 0; p < kVectorPanels; p++) q.Store<1, 2>(acc[p], n + p * kLanes, kLanes, g.y + n + p * kLanes, 0);
  }
  if (n < g.columns) Columns(g, q, n);
}

}  // namespace

void Qs8Gemm(const Qs8GemmArgs& g) {
  if (g.lines * g.rows == 0) return;
  const Requantizer q(g.requant, g.flip);
  if (g.lines * g.rows == 1) return OneRow(g, q);
  Columns(g, q, 0);
}

}  // namespace edgec::x86_avxvnni
#pragma GCC pop_options
#endif
