#include "kernels/f32_gemm/f32_gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <utility>

#include "kernels/ahead.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace edgec::x86_avx512vnni {
namespace {
#include "kernels/x86_avx512_rows.inc"

// Where a tile stores its sums.
class Results {
 public:
  Results(const F32GemmArgs& g, float* y)
      : y_(y), addend_(g.addend ? g.addend + (y - g.y) : nullptr), columns_(g.columns), low_(_mm512_set1_ps(g.min)), high_(_mm512_set1_ps(g.max)) {}

  // Those of a panel, or of what is left of it, of the row at an offset.
  inline __attribute__((always_inline)) void Store(__m512 sums, size_t row, size_t first) const {
    const auto mask = static_cast<__mmask16>(Mask<kLanes>(first));
    if (addend_) sums = _mm512_add_ps(sums, _mm512_maskz_loadu_ps(mask, addend_ + row + first));
    // The sums are the second operand: where one is not a number, so is the result.
    _mm512_mask_storeu_ps(y_ + row + first, mask, _mm512_min_ps(high_, _mm512_max_ps(low_, sums)));
  }
  // The same of half a panel.
  inline __attribute__((always_inline)) void Store(__m256 sums, size_t row, size_t first) const {
    const auto mask = static_cast<__mmask8>(Mask<kLanes / 2>(first));
    if (addend_) sums = _mm256_add_ps(sums, _mm256_maskz_loadu_ps(mask, addend_ + row + first));
    const __m256 low = _mm512_castps512_ps256(low_), high = _mm512_castps512_ps256(high_);
    _mm256_mask_storeu_ps(y_ + row + first, mask, _mm256_min_ps(high, _mm256_max_ps(low, sums)));
  }

 private:
  // Of the columns from `first` that exist.
  template <size_t kWidth>
  uint32_t Mask(size_t first) const {
    const size_t left = columns_ - first;
    return (1u << (left < kWidth ? left : kWidth)) - 1;
  }

  float* y_;
  const float* addend_;
  size_t columns_;
  __m512 low_, high_;
};

// gcc 12 spills accumulators with the intrinsic in a loop; the instruction itself keeps them in registers.
template <typename Vector>
inline __attribute__((always_inline)) void Multiply(Vector& acc, Vector a, Vector b) {
  asm("vfmadd231ps %2, %1, %0" : "+v"(acc) : "v"(a), "v"(b));
}

inline __attribute__((always_inline)) void MultiplyBy(__m256& acc, const float& a, __m256 b) {
  asm("vfmadd231ps %1%{1to8%}, %2, %0" : "+v"(acc) : "m"(a), "v"(b));
}

// Rows of kPanels from column n on and, where it ends in half a panel, of its 8 columns.
template <int kRows, int kPanels, bool kHalf, bool kFetches>
void Tile(const F32GemmArgs& g, const float* a, float* y, size_t n, Ahead ahead) {
  constexpr int kFours = (kRows + 3) / 4, kColumns = kPanels * kLanes;
  __m512 acc[kRows][std::max(kPanels, 1)];
  __m256 half[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; p++) acc[r][p] = _mm512_loadu_ps(g.bias + n + p * kLanes);
    if constexpr (kHalf) half[r] = _mm256_loadu_ps(g.bias + n + kColumns);
  }
  const size_t panel = g.segment_count * g.depth * kLanes;
  const float* w = g.weights + n / kLanes * panel;
  for (size_t s = 0; s < g.segment_count; s++) {
    const float* at[kFours];
#pragma GCC unroll 4
    for (int i = 0; i < kFours; i++) at[i] = a + 4 * i * g.a_stride + g.segments[s];
    for (size_t k = 0; k < g.depth; k++, w += kLanes, ahead.at += ahead.step) {
      if constexpr (kFetches) _mm_prefetch(ahead.at, _MM_HINT_T0);
      __m512 b[std::max(kPanels, 1)];
      __m256 b_half;
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; p++) b[p] = _mm512_loadu_ps(w + p * panel);
      if constexpr (kHalf) b_half = _mm256_loadu_ps(w + kPanels * panel);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; r++) {
        const float& x = at[r / 4][static_cast<size_t>(r % 4) * g.a_stride];
        const __m512 v = _mm512_set1_ps(x);
#pragma GCC unroll 8
        for (int p = 0; p < kPanels; p++) Multiply(acc[r][p], v, b[p]);
        if constexpr (kHalf && kPanels > 0) Multiply(half[r], _mm512_castps512_ps256(v), b_half);
        else if constexpr (kHalf) MultiplyBy(half[r], x, b_half);
      }
#pragma GCC unroll 4
      for (int i = 0; i < kFours; i++) Advance(at[i]);
    }
  }
  const Results results(g, y);
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++) {
    const size_t row = static_cast<size_t>(r) * g.y_stride;
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; p++) results.Store(acc[r][p], row, n + static_cast<size_t>(p) * kLanes);
    if constexpr (kHalf) results.Store(half[r], row, n + kColumns);
  }
}

using TileFunction = void (*)(const F32GemmArgs&, const float*, float*, size_t, Ahead);

template <int kPanels, bool kHalf, bool kFetches, int... kRows>
void Panels(const F32GemmArgs& g, size_t n, std::integer_sequence<int, kRows...>) {
  static constexpr TileFunction tiles[] = {Tile<kRows + 1, kPanels, kHalf, kFetches>...};
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

constexpr int kMostRows[] = {0, 16, 12, 8, 6}, kMostRowsOfHalf[] = {16, 12};  // of a tile, by its whole panels

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

template <int kPanels, bool kFetches>
void Whole(const F32GemmArgs& g, size_t n) {
  Panels<kPanels, false, kFetches>(g, n, std::make_integer_sequence<int, kMostRows[kPanels]>());
}

template <int kPanels>
void WithHalf(const F32GemmArgs& g, size_t n) {
  Panels<kPanels, true, false>(g, n, std::make_integer_sequence<int, kMostRowsOfHalf[kPanels]>());
}

// All rows of the columns from n.
template <bool kFetches>
void Columns(const F32GemmArgs& g, size_t n, size_t most) {
  constexpr size_t kHalf = kLanes / 2;
  while (n < g.columns) {
    const size_t columns = g.columns - n, take = TakenPanels(Tiles(columns, kLanes), most);
    if (columns <= kHalf) WithHalf<0>(g, n);
    else if (columns > kLanes && columns <= kLanes + kHalf) WithHalf<1>(g, n);
    else if (take == 4) Whole<4, kFetches>(g, n);
    else if (take == 3) Whole<3, kFetches>(g, n);
    else if (take == 2) Whole<2, kFetches>(g, n);
    else Whole<1, false>(g, n);
    n += take * kLanes;
  }
}

void Gemm(const F32GemmArgs& g) {
  if (g.lines * g.rows == 0) return;
  size_t left = Tiles(g.columns, kLanes), n = 0;
  const bool is_vector = g.lines * g.rows == 1;
  for (; is_vector && left >= 8; left -= 8, n += 8 * kLanes) Tile<1, 8, false, false>(g, g.a, g.y, n, Ahead());
  const size_t most = MostPanels(g), bytes = left * g.segment_count * g.depth * kLanes * sizeof(float);
  const bool fetches = Ahead::Pays(bytes, most, g.lines * Tiles(g.rows, kMostRows[most]));
  if (fetches) Columns<true>(g, n, most);
  else Columns<false>(g, n, most);
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
