#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#pragma GCC push_options
#pragma GCC target("avx2,fma")
namespace edgec::x86_avx2 {
namespace {
#include "kernels/x86_avx2_requant.inc"

// Three rows of 8 · kHalves channels as int16: rows 0 and 1 side by side, row 2 beside 0.
template <int kHalves>
struct Rows {
  __m256i pairs[kHalves], last[kHalves];
};

template <int kHalves>
inline __attribute__((always_inline)) Rows<kHalves> Interleave(__m128i row0, __m128i row1, __m128i row2) {
  Rows<kHalves> rows;
  rows.pairs[0] = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(row0, row1));
  rows.last[0] = _mm256_cvtepu8_epi32(row2);
  rows.pairs[kHalves - 1] = kHalves == 1 ? rows.pairs[0] : _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(row0, row1));
  rows.last[kHalves - 1] = kHalves == 1 ? rows.last[0] : _mm256_cvtepu8_epi32(_mm_unpackhi_epi64(row2, row2));
  return rows;
}

// A line of an image as bytes, none where it is outside.
template <int kHalves>
struct Line {
  static constexpr int64_t kBytes = 8 * kHalves;
  const uint8_t* row;
  int64_t bytes;
  __m128i fill;

  // 8 · kHalves bytes from `at`, those outside being the fill.
  inline __attribute__((always_inline)) __m128i Load(int64_t at) const {
    if (at >= 0 && at + kBytes <= bytes) return LoadAll(row + at);
    return !row || at <= -kBytes || at >= bytes ? fill : LoadSome(at);
  }

 private:
  static inline __attribute__((always_inline)) __m128i LoadAll(const uint8_t* from) {
    return kHalves == 2 ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)) : _mm_loadu_si64(from);
  }
  __attribute__((noinline)) __m128i LoadSome(int64_t at) const {
    alignas(16) uint8_t lanes[16];
    _mm_store_si128(reinterpret_cast<__m128i*>(lanes), fill);
    const int64_t first = std::max<int64_t>(at, 0), end = std::min(at + kBytes, bytes);
    std::memcpy(lanes + (first - at), row + first, static_cast<size_t>(end - first));
    return _mm_load_si128(reinterpret_cast<const __m128i*>(lanes));
  }
};

// Outputs of 8 · kHalves channels from c.
template <int kHalves>
class Group {
 public:
  Group(const Qs8Depthwise3x3Args& d, const Requantizer& requantizer, size_t c) : d_(d), requantizer_(requantizer), c_(c), fill_(_mm_set1_epi8(static_cast<char>(d.fill))) {
    // Bytes 0 and 1, or 2 alone, of every four go to the upper halves of int16.
    const __m128i pair_at = _mm_setr_epi8(-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13);
    const __m128i third_at = _mm_setr_epi8(-1, 2, -1, -1, -1, 6, -1, -1, -1, 10, -1, -1, -1, 14, -1, -1);
    const __m256i pair = _mm256_broadcastsi128_si256(pair_at), third = _mm256_broadcastsi128_si256(third_at);
    for (size_t kx = 0; kx < 3; kx++) {
      w_[kx] = {};
      for (size_t s = 0; s < d.sets; s++) {
        alignas(32) int8_t quads[8 * kHalves][4];
        for (size_t i = 0; i < 8 * kHalves; i++)
          std::memcpy(quads[i], d.weights + (s * RoundUp(d.channels, kLanes) + (c + i) / kLanes * kLanes) * 12 + (kx * kLanes + (c + i) % kLanes) * 4, 4);
        for (size_t h = 0; h < kHalves; h++) {
          const __m256i bytes = _mm256_load_si256(reinterpret_cast<const __m256i*>(quads[8 * h]));
          w_[kx].pairs[h] = _mm256_add_epi16(w_[kx].pairs[h], _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, pair), 8));
          w_[kx].last[h] = _mm256_add_epi16(w_[kx].last[h], _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, third), 8));
        }
      }
    }
    for (size_t h = 0; h < kHalves; h++) bias_[h] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(d.requant.bias + c + 8 * h));
  }

  // Lines of output from `first` to `end`.
  void Run(size_t first, size_t end) {
    for (size_t oy = first; oy < end; oy++) {
      for (size_t ky = 0; ky < 3; ky++) {
        // Below 0 wraps to more than any size.
        const size_t iy = oy * d_.stride_y + ky - d_.top, bytes = d_.width * d_.channels;
        const bool inside = iy < d_.height;
        lines_[ky] = {inside ? d_.x + iy * bytes : nullptr, inside ? static_cast<int64_t>(bytes) : 0, fill_};
      }
      uint8_t* y = d_.y + oy * d_.out_width * d_.channels + c_;
      if (FillsWithPixels(d_)) Flat(y);
      else if (d_.stride_x == 1) Dense(y);
      else Strided(y);
    }
  }

  // Whether neighbouring outputs of a line fill a vector together.
  static bool FillsWithPixels(const Qs8Depthwise3x3Args& d) { return d.stride_x == 1 && d.channels < 8 && 8 % d.channels == 0; }

 private:
  static constexpr size_t kPixels = 4 / kHalves;
  using Sums = __m256i[kHalves];

  inline __attribute__((always_inline)) Rows<kHalves> At(int64_t at) const {
    return Interleave<kHalves>(lines_[0].Load(at), lines_[1].Load(at), lines_[2].Load(at));
  }
  inline __attribute__((always_inline)) int64_t First() const { return static_cast<int64_t>(c_) - static_cast<int64_t>(d_.left * d_.channels); }

  // to = from + the products with column kx of the weights
  inline __attribute__((always_inline)) void Add(const Rows<kHalves>& x, size_t kx, const Sums& from, Sums& to) const {
#pragma GCC unroll 2
    for (size_t h = 0; h < kHalves; h++) {
      const __m256i pairs = _mm256_madd_epi16(x.pairs[h], w_[kx].pairs[h]), last = _mm256_madd_epi16(x.last[h], w_[kx].last[h]);
      to[h] = _mm256_add_epi32(_mm256_add_epi32(from[h], pairs), last);
    }
  }

  template <size_t kCount>
  inline __attribute__((always_inline)) void Store(const Sums* sums, size_t left, uint8_t* y) const {
    requantizer_.template Store<kCount, kHalves>(sums, c_, left, y, d_.channels);
  }

  // A column ends an output, is the middle of the next, and begins the one after it.
  void Dense(uint8_t* y) const {
    const auto pixel = static_cast<int64_t>(d_.channels);
    int64_t at = First();
    Sums a, b;
    Add(At(at), 0, bias_, a);
    const Rows<kHalves> second = At(at + pixel);
    Add(second, 1, a, a);
    Add(second, 0, bias_, b);
    at += 2 * pixel;
    const auto step = [&](Sums& done) __attribute__((always_inline)) {
      const Rows<kHalves> x = At(at);
      Add(x, 2, a, done);
      Add(x, 1, b, a);
      Add(x, 0, bias_, b);
      at += pixel;
    };
    Pixels(step, y);
  }

  // With a stride of 2 the last column of an output is the first of the next.
  void Strided(uint8_t* y) const {
    const auto pixel = static_cast<int64_t>(d_.channels);
    int64_t at = First();
    Rows<kHalves> last = At(at);
    const auto step = [&](Sums& done) __attribute__((always_inline)) {
      Add(last, 0, bias_, done);
      Add(At(at + pixel), 1, done, done);
      last = At(at + 2 * pixel);
      Add(last, 2, done, done);
      at += 2 * pixel;
    };
    Pixels(step, y);
  }

  // Stores a line of outputs, each of which is a step.
  template <typename Step>
  inline __attribute__((always_inline)) void Pixels(const Step& step, uint8_t* y) const {
    const size_t left = d_.channels - c_;
    size_t ox = 0;
    for (; ox + kPixels <= d_.out_width; ox += kPixels, y += kPixels * d_.channels) {
      Sums done[kPixels];
#pragma GCC unroll 4
      for (size_t i = 0; i < kPixels; i++) step(done[i]);
      Store<kPixels>(done, left, y);
    }
    for (; ox < d_.out_width; ox++, y += d_.channels) {
      Sums done[1];
      step(done[0]);
      Store<1>(done, left, y);
    }
  }

  // A line of outputs as bytes, of which a vector takes as many as it has lanes.
  void Flat(uint8_t* y) const {
    const auto pixel = static_cast<int64_t>(d_.channels);
    int64_t at = First();
    const size_t outputs = d_.out_width * d_.channels;
    for (size_t o = 0; o < outputs; o += 8 * kHalves, at += 8 * kHalves) {
      Sums done[1];
      Add(At(at), 0, bias_, done[0]);
      Add(At(at + pixel), 1, done[0], done[0]);
      Add(At(at + 2 * pixel), 2, done[0], done[0]);
      Store<1>(done, outputs - o, y + o);
    }
  }

  const Qs8Depthwise3x3Args d_;
  const Requantizer requantizer_;
  const size_t c_;
  const __m128i fill_;
  Rows<kHalves> w_[3];
  Sums bias_;
  Line<kHalves> lines_[3];
};

}  // namespace

void Qs8Depthwise3x3(const Qs8Depthwise3x3Args& d) {
  const Requantizer requantizer(d.requant, d.flip);
  // Groups share the lines of a band while these are near.
  constexpr size_t kBandBytes = 1 << 15;
  const size_t band = std::max<size_t>(1, kBandBytes / (d.width * d.channels * d.stride_y));
  for (size_t first = 0; first < d.out_height; first += band) {
    const size_t end = std::min(d.out_height, first + band);
    size_t c = 0;
    for (; c + 16 <= d.channels; c += 16) Group<2>(d, requantizer, c).Run(first, end);
    // The last channels may be done again.
    for (; c < d.channels; c += 8) Group<1>(d, requantizer, std::min(c, std::max<size_t>(d.channels, 8) - 8)).Run(first, end);
  }
}

}  // namespace edgec::x86_avx2
#pragma GCC pop_options
#endif
