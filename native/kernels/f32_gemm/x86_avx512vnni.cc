#include "kernels/f32_gemm/f32_gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <utility>

#include "kernels/ahead.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {

template <int kRows, int kPanels, bool kFetches>
void Tile(const F32GemmArgs& g, const float* a, float* y, size_t n, Ahead ahead) {
  __m512 acc[kRows][kPanels];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; p++) acc[r][p] = _mm512_loadu_ps(g.bias + n + p * kLanes);
  const size_t panel = g.segment_count * g.depth * kLanes;
  const float* w = g.weights + n / kLanes * panel;
  for (size_t s = 0; s < g.segment_count; s++) {
    const float* at = a + g.segments[s];
    for (size_t k = 0; k < g.depth; k++, w += kLanes, ahead.at += ahead.step) {
      if constexpr (kFetches) _mm_prefetch(ahead.at, _MM_HINT_T0);
      __m512 b[kPanels];
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; p++) b[p] = _mm512_loadu_ps(w + p * panel);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; r++) {
        const __m512 v = _mm512_set1_ps(at[static_cast<size_t>(r) * g.a_stride + k]);
#pragma GCC unroll 8
        for (int p = 0; p < kPanels; p++) asm("vfmadd231ps %2, %1, %0" : "+v"(acc[r][p]) : "v"(v), "v"(b[p]));
      }
    }
  }
  const float* addend = g.addend ? g.addend + (y - g.y) : nullptr;
  const __m512 low = _mm512_set1_ps(g.min), high = _mm512_set1_ps(g.max);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; p++) {
      const size_t first = n + static_cast<size_t>(p) * kLanes, left = g.columns - first;
      const __mmask16 mask = left >= kLanes ? 0xffff : static_cast<__mmask16>((1u << left) - 1);
      if (addend) acc[r][p] = _mm512_add_ps(acc[r][p], _mm512_maskz_loadu_ps(mask, addend + static_cast<size_t>(r) * g.y_stride + first));
      // The accumulator is the second operand: where it is not a number, so is the result.
      const __m512 v = _mm512_min_ps(high, _mm512_max_ps(low, acc[r][p]));
      _mm512_mask_storeu_ps(y + static_cast<size_t>(r) * g.y_stride + first, mask, v);
    }
}

using TileFunction = void (*)(const F32GemmArgs&, const float*, float*, size_t, Ahead);

constexpr size_t Tiles(size_t rows, size_t most) { return (rows + most - 1) / most; }

template <int kPanels, bool kFetches, int... kRows>
void Panels(const F32GemmArgs& g, size_t n, std::integer_sequence<int, kRows...>) {
  static constexpr TileFunction tiles[] = {Tile<kRows + 1, kPanels, kFetches>...};
  constexpr size_t most = sizeof...(kRows);
  const size_t steps = g.segment_count * g.depth;
  Ahead ahead(g.weights + (n / kLanes + kPanels) * steps * kLanes, kPanels, g.lines * Tiles(g.rows, most));
  for (size_t l = 0; l < g.lines; l++) {
    const float* a = g.a + l * g.a_line;
    float* y = g.y + l * g.y_line;
    for (size_t left = g.rows; left > 0;) {
      const size_t count = Tiles(left, most), take = (left + count - 1) / count;
      tiles[take - 1](g, a, y, n, ahead);
      ahead.at += steps * ahead.step;
      a += take * g.a_stride;
      y += take * g.y_stride;
      left -= take;
    }
  }
}

constexpr int kMostRows[] = {0, 16, 12, 8, 6};  // of a tile, by its panels

// Most panels of a tile. Lines of few rows fill tiles of 8 rows and 3 panels better; a cache has room for two of those that
// are deep, the one in use and the one that is fetched.
size_t MostPanels(const F32GemmArgs& g) {
  constexpr size_t kDeep = (1 << 19) / (3 * Ahead::kLine);
  if (g.lines == 1 || g.rows > 16) return 4;
  return g.segment_count * g.depth < kDeep ? 3 : 2;
}

// How many of the panels that are left make the next tiles: those that are left for two are shared.
constexpr size_t TakenPanels(size_t left, size_t most) {
  const bool shared = left == most + 1 || (left == 6 && most == 4);
  return shared ? (left + 1) / 2 : left < most ? left : most;
}

// All rows of the columns from n, which are `left` panels.
template <bool kFetches>
void Columns(const F32GemmArgs& g, size_t n, size_t left, size_t most) {
  while (left > 0) {
    const size_t take = TakenPanels(left, most);
    if (take == 4) Panels<4, kFetches>(g, n, std::make_integer_sequence<int, kMostRows[4]>());
    else if (take == 3) Panels<3, kFetches>(g, n, std::make_integer_sequence<int, kMostRows[3]>());
    else if (take == 2) Panels<2, kFetches>(g, n, std::make_integer_sequence<int, kMostRows[2]>());
    else Panels<1, false>(g, n, std::make_integer_sequence<int, kMostRows[1]>());
    n += take * kLanes;
    left -= take;
  }
}

void Gemm(const F32GemmArgs& g) {
  if (g.lines * g.rows == 0) return;
  size_t left = Tiles(g.columns, kLanes), n = 0;
  const bool is_vector = g.lines * g.rows == 1;
  for (; is_vector && left >= 8; left -= 8, n += 8 * kLanes) Tile<1, 8, false>(g, g.a, g.y, n, Ahead());
  const size_t most = MostPanels(g), bytes = left * g.segment_count * g.depth * kLanes * sizeof(float);
  const bool fetches = Ahead::Pays(bytes, most, g.lines * Tiles(g.rows, kMostRows[most]));
  if (fetches) Columns<true>(g, n, left, most);
  else Columns<false>(g, n, left, most);
}

// Into how many bands of lines or rows to cut a product. A band's inputs and results stay near while all columns go over
// them, but every band reads all weights.
size_t Bands(const F32GemmArgs& g, size_t inputs, size_t outputs) {
  constexpr size_t kNear = (1 << 18) / sizeof(float), kBlock = 64;
  if (inputs + outputs <= kNear) return 1;
  const size_t bands = Tiles(inputs + outputs, kNear);
  return inputs * Tiles(g.columns, kBlock) > g.segment_count * g.depth * g.columns * bands ? bands : 1;
}

}  // namespace

void F32Gemm(const F32GemmArgs& g) {
  const bool lines = g.lines > 1;
  const size_t units = lines ? g.lines : g.rows, a_unit = lines ? g.a_line : g.a_stride, y_unit = lines ? g.y_line : g.y_stride;
  const size_t bands = Bands(g, units * a_unit, units * y_unit);
  if (bands == 1) return Gemm(g);
  for (size_t i = 0; i < bands; i++) {
    const size_t first = units * i / bands;
    F32GemmArgs band = g;
    (lines ? band.lines : band.rows) = units * (i + 1) / bands - first;
    band.a += first * a_unit;
    band.y += first * y_unit;
    if (band.addend) band.addend += first * y_unit;
    Gemm(band);
  }
}

}  // namespace edgec::x86_avx512vnni
#pragma GCC pop_options
#endif
