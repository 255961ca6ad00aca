#include "kernels/interleave/interleave.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/interleave/pixels.inc"

// For output vector v of three, from which place of a vector of plane c each byte comes; −1 where from another plane.
struct Places {
  alignas(16) int8_t at[3][3][16];
};

constexpr Places MakePlaces(int element_bytes) {
  Places places{};
  for (int v = 0; v < 3; v++)
    for (int c = 0; c < 3; c++)
      for (int i = 0; i < 16; i++) {
        const int byte = v * 16 + i, element = byte / element_bytes;
        places.at[v][c][i] = static_cast<int8_t>(element % 3 == c ? element / 3 * element_bytes + byte % element_bytes : -1);
      }
  return places;
}

inline __m128i Load(const void* at) { return _mm_loadu_si128(static_cast<const __m128i*>(at)); }

// Whole vectors of three planes; returns how many pixels that were.
template <size_t kElementBytes>
size_t Three(const InterleaveArgs& args) {
  static constexpr Places places = MakePlaces(kElementBytes);
  constexpr size_t step = 16 / kElementBytes;
  const size_t plane = args.plane * kElementBytes, pixels = args.pixels;
  const uint8_t* x = args.x;
  uint8_t* y = args.y;
  size_t p = 0;
  for (; p + step <= pixels; p += step, x += 16)
    for (size_t v = 0; v < 3; v++, y += 16) {
      __m128i bytes = _mm_shuffle_epi8(Load(x), Load(places.at[v][0]));
      for (size_t c = 1; c < 3; c++) bytes = _mm_or_si128(bytes, _mm_shuffle_epi8(Load(x + c * plane), Load(places.at[v][c])));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(y), bytes);
    }
  return p;
}

}  // namespace

void Interleave(const InterleaveArgs& args) {
  const bool three = args.channels == 3;
  InterleaveFrom(args, !three ? 0 : args.element_bytes == 1 ? Three<1>(args) : Three<4>(args));
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
