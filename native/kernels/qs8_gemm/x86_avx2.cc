#include "kernels/qs8_gemm/qs8_gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/ahead.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/x86_avx2_requant.inc"

#include "kernels/qs8_gemm/x86_avx2_windows.inc"

#include "kernels/qs8_gemm/x86_avx2_columns.inc"

// Operands are int16 where they are multiplied: pair sums of u8 · s8 would saturate. Rows are widened once for all columns,
// as many as have this many elements; a panel of weights is where it stays near and serves enough rows.
constexpr size_t kWideCount = 1 << 15, kPanelCount = 1 << 14, kManyRows = 24;

// A product whose rows have been widened, or not. Strides and segments are in elements.
template <typename Element>
struct Rows {
  const Element* a;
  const int32_t* segments;
  size_t segment_count, depth, lines, rows, a_line, a_stride;
  uint8_t* y;
};

inline __attribute__((always_inline)) __m256i Pair(const int16_t* at) {
  int32_t two;
  __builtin_memcpy(&two, at, sizeof(two));
  return _mm256_set1_epi32(two);
}
inline __attribute__((always_inline)) __m256i Pair(const uint8_t* at) { return _mm256_set1_epi32(at[0] | at[1] << 16); }

inline __attribute__((always_inline)) __m256i Sixteen(const int8_t* at) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}
inline __attribute__((always_inline)) __m256i Sixteen(const int16_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }

// gcc 12 spills accumulators with the intrinsics; the instructions themselves keep them in registers.
template <typename Element, typename Weight, int kRows, int kHalves>
void Tile(const Qs8GemmArgs& args, const Requantizer& requantizer, const Rows<Element>& g, const Weight* w, const Element* a, uint8_t* y, size_t n) {
  __m256i acc[kRows][kHalves];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 2
    for (int h = 0; h < kHalves; h++) acc[r][h] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(args.requant.bias + n + h * 8));
  for (size_t s = 0; s < g.segment_count; s++) {
    const Element* at = a + g.segments[s];
    for (size_t k = 0; k < g.depth; k += 2, w += 32) {
      __m256i b[kHalves];
#pragma GCC unroll 2
      for (int h = 0; h < kHalves; h++) b[h] = Sixteen(w + h * 16);
#pragma GCC unroll 12
      for (int r = 0; r < kRows; r++) {
        const __m256i v = Pair(at + static_cast<size_t>(r) * g.a_stride + k);
        __m256i products;
#pragma GCC unroll 2
        for (int h = 0; h < kHalves; h++) asm("vpmaddwd %2, %3, %1\n\tvpaddd %1, %0, %0" : "+x"(acc[r][h]), "=&x"(products) : "x"(b[h]), "x"(v));
      }
    }
  }
  requantizer.Store<kRows, kHalves>(acc, n, args.columns - n, y, args.y_stride);
}

template <typename Element, typename Weight, int kHalves, int... kRows>
void Panel(const Qs8GemmArgs& args, const Requantizer& q, const Rows<Element>& g, const Weight* w, size_t n, std::integer_sequence<int, kRows...>) {
  static constexpr decltype(&Tile<Element, Weight, 1, kHalves>) tiles[] = {Tile<Element, Weight, kRows + 1, kHalves>...};
  for (size_t l = 0; l < g.lines; l++) {
    const Element* a = g.a + l * g.a_line;
    uint8_t* y = g.y + l * args.y_line + n;
    for (size_t left = g.rows; left > 0;) {
      const size_t take = TileRows(left, sizeof...(kRows));
      tiles[take - 1](args, q, g, w, a, y, n);
      a += take * g.a_stride;
      y += take * args.y_stride;
      left -= take;
    }
  }
}

// Tiles of 16 columns or, at the end, of 8.
template <int kMostRows, typename Element, typename Weight>
void Columns(const Qs8GemmArgs& args, const Requantizer& q, const Rows<Element>& g, const Weight* w, size_t n) {
  if (args.columns - n > kLanes / 2) Panel<Element, Weight, 2>(args, q, g, w, n, std::make_integer_sequence<int, kMostRows>());
  else Panel<Element, Weight, 1>(args, q, g, w, n, std::make_integer_sequence<int, 2 * kMostRows>());
}

template <int kMostRows, typename Element>
void Panels(const Qs8GemmArgs& args, const Requantizer& q, const Rows<Element>& g) {
  const size_t panel = g.segment_count * g.depth * kLanes;
  alignas(64) int16_t wide[kPanelCount];
  for (size_t n = 0; n < args.columns; n += kLanes) {
    const int8_t* w = args.weights + n / kLanes * panel;
    if (panel <= kPanelCount && g.lines * g.rows >= kManyRows) {
      for (size_t i = 0; i < panel; i += 16) _mm256_store_si256(reinterpret_cast<__m256i*>(wide + i), Sixteen(w + i));
      Columns<kMostRows>(args, q, g, wide, n);
    } else Columns<kMostRows>(args, q, g, w, n);
  }
}

void Widen(const uint8_t* from, size_t count, int16_t* to) {
  const auto eight = [&](size_t i) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm_cvtepu8_epi16(_mm_loadu_si64(from + i)));
  };
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
  if (i + 8 <= count) eight(i);
  if (count % 8 == 0) return;
  if (count > 8) return eight(count - 8);
  for (; i < count; i++) to[i] = from[i];
}

// Bands of lines, whose rows overlap in what is widened.
void RunTogether(const Qs8GemmArgs& g, const Requantizer& q, size_t line_reach, int16_t* wide) {
  const size_t most = g.lines > 1 ? (kWideCount - line_reach) / g.a_line + 1 : 1;
  for (size_t l = 0; l < g.lines; l += most) {
    const size_t lines = std::min(most, g.lines - l);
    Widen(g.a + l * g.a_line, (lines - 1) * g.a_line + line_reach, wide);
    Panels<6, int16_t>(g, q, {wide, g.segments, g.segment_count, g.depth, lines, g.rows, g.a_line, g.a_stride, g.y + l * g.y_line});
  }
}

// Bands of lines, or of the rows of one, each row being widened by itself.
void RunApart(const Qs8GemmArgs& g, const Requantizer& q, int16_t* wide) {
  const size_t depth = g.segment_count * g.depth, fit = kWideCount / depth;
  const size_t most_lines = std::max<size_t>(1, fit / g.rows), most_rows = std::min(fit, g.rows);
  const int32_t whole = 0;
  for (size_t l = 0; l < g.lines; l += most_lines)
    for (size_t m = 0; m < g.rows; m += most_rows) {
      const size_t lines = std::min(most_lines, g.lines - l), rows = std::min(most_rows, g.rows - m);
      int16_t* to = wide;
      for (size_t i = 0; i < lines * rows; i++) {
        const uint8_t* from = g.a + (l + i / rows) * g.a_line + (m + i % rows) * g.a_stride;
        for (size_t s = 0; s < g.segment_count; s++, to += g.depth) Widen(from + g.segments[s], g.depth, to);
      }
      Panels<6, int16_t>(g, q, {wide, &whole, 1, depth, lines, rows, rows * depth, depth, g.y + l * g.y_line + m * g.y_stride});
    }
}

}  // namespace

void Qs8Gemm(const Qs8GemmArgs& g) {
  if (g.lines * g.rows == 0) return;
  const Requantizer q(g.requant, g.flip);
  if (g.windows.blocks) return RunWindows(g, q);
  if (g.column_windows.blocks) return RunColumnWindows(g, q);
  const size_t depth = g.segment_count * g.depth;
  alignas(64) int16_t wide[kWideCount];
  const size_t row_reach = static_cast<size_t>(*std::max_element(g.segments, g.segments + g.segment_count)) + g.depth;
  const size_t line_reach = (g.rows - 1) * g.a_stride + row_reach;
  if (line_reach <= std::min(kWideCount, g.rows * depth)) RunTogether(g, q, line_reach, wide);
  else if (depth <= kWideCount) RunApart(g, q, wide);
  else Panels<1, uint8_t>(g, q, {g.a, g.segments, g.segment_count, g.depth, g.lines, g.rows, g.a_line, g.a_stride, g.y});
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
