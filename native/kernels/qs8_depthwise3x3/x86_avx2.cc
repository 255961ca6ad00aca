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
inline __attribute__((always_inline)) Rows<kHalves> Interleave(const uint8_t* row0, const uint8_t* row1, const uint8_t* row2) {
  const auto load = [](const uint8_t* at) { return kHalves == 2 ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)) : _mm_loadu_si64(at); };
  const __m128i bytes0 = load(row0), bytes1 = load(row1);
  Rows<kHalves> rows;
  rows.pairs[0] = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(bytes0, bytes1));
  rows.last[0] = _mm256_cvtepu8_epi32(_mm_loadu_si64(row2));
  if constexpr (kHalves == 2) {
    rows.pairs[1] = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(bytes0, bytes1));
    rows.last[1] = _mm256_cvtepu8_epi32(_mm_loadu_si64(row2 + 8));
  }
  return rows;
}

// The lines of inputs of a line of outputs; null outside the image.
struct Lines {
  Lines(const Qs8Depthwise3x3Args& d, size_t oy) {
    for (size_t ky = 0; ky < 3; ky++) {
      // Below 0 wraps to more than any size.
      const size_t iy = oy * d.stride_y + ky - d.top;
      at[ky] = iy < d.height ? d.x + iy * d.width * d.channels : nullptr;
    }
  }

  const uint8_t* at[3];
};

// Pixels of images that have no less than 8 · kHalves channels from c on, from left to right.
template <int kHalves>
class WholePixels {
 public:
  // `outside` is 16 bytes of fill.
  WholePixels(const Qs8Depthwise3x3Args& d, const Lines& lines, size_t c, const uint8_t* outside)
      : ix_(0 - d.left), width_(d.width), fill_(Interleave<kHalves>(outside, outside, outside)) {
    const size_t first = ix_ < width_ ? ix_ : 0;
    for (size_t ky = 0; ky < 3; ky++) {
      steps_[ky] = lines.at[ky] ? d.channels : 0;
      rows_[ky] = lines.at[ky] ? lines.at[ky] + first * d.channels + c : outside;
    }
  }

  // The next pixel of every line.
  inline __attribute__((always_inline)) Rows<kHalves> Next() {
    // Below 0 wraps.
    if (ix_++ >= width_) return fill_;
    const Rows<kHalves> rows = Interleave<kHalves>(rows_[0], rows_[1], rows_[2]);
    for (size_t ky = 0; ky < 3; ky++) rows_[ky] += steps_[ky];
    return rows;
  }

 private:
  size_t ix_;
  const size_t width_;
  const uint8_t* rows_[3];
  size_t steps_[3];
  const Rows<kHalves> fill_;
};

// Pixels of images that have fewer than 8 channels.
class SomePixels {
 public:
  SomePixels(const Qs8Depthwise3x3Args& d, const Lines& lines, const uint8_t* outside)
      : lines_(lines), outside_(outside), bytes_(static_cast<int64_t>(d.width * d.channels)), channels_(static_cast<int64_t>(d.channels)),
        at_(-static_cast<int64_t>(d.left) * channels_) {}

  Rows<1> Next() { return FromByte((at_ += channels_) - channels_); }
  Rows<1> FromByte(int64_t at) const {
    uint8_t rows[3][kBytes];
    for (size_t ky = 0; ky < 3; ky++) Copy(lines_.at[ky], at, rows[ky]);
    return Interleave<1>(rows[0], rows[1], rows[2]);
  }

 private:
  static constexpr int64_t kBytes = 8;

  // Bytes of a line, those outside being the fill.
  void Copy(const uint8_t* row, int64_t at, uint8_t* to) const {
    if (row && at >= 0 && at + kBytes <= bytes_) {
      std::memcpy(to, row + at, kBytes);
      return;
    }
    std::memcpy(to, outside_, kBytes);
    const int64_t first = std::max<int64_t>(at, 0), end = std::min(at + kBytes, bytes_);
    if (row && first < end) std::memcpy(to + (first - at), row + first, static_cast<size_t>(end - first));
  }

  const Lines lines_;
  const uint8_t* outside_;
  const int64_t bytes_, channels_;
  int64_t at_;
};

// Outputs of 8 · kHalves channels from c.
template <int kHalves>
class Group {
 public:
  Group(const Qs8Depthwise3x3Args& d, const Requantizer& requantizer, size_t c) : d_(d), requantizer_(requantizer), c_(c) {
    std::memset(outside_, d.fill, sizeof(outside_));
    // Bytes 0 and 1, or 2 alone, of every four go to the upper halves of int16.
    const __m128i pair_at = _mm_setr_epi8(-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13);
    const __m128i third_at = _mm_setr_epi8(-1, 2, -1, -1, -1, 6, -1, -1, -1, 10, -1, -1, -1, 14, -1, -1);
    const __m256i pair = _mm256_broadcastsi128_si256(pair_at), third = _mm256_broadcastsi128_si256(third_at);
    for (size_t kx = 0; kx < 3; kx++) {
      w_[kx] = {};
      for (size_t s = 0; s < d.sets; s++) {
        for (size_t h = 0; h < kHalves; h++) {
          const __m256i bytes = Quads(d.weights + s * RoundUp(d.channels, kLanes) * 12, c + 8 * h, kx);
          w_[kx].pairs[h] = _mm256_add_epi16(w_[kx].pairs[h], _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, pair), 8));
          w_[kx].last[h] = _mm256_add_epi16(w_[kx].last[h], _mm256_srai_epi16(_mm256_shuffle_epi8(bytes, third), 8));
        }
      }
    }
    for (size_t h = 0; h < kHalves; h++) bias_[h] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(d.requant.bias + c + 8 * h));
  }

  // Lines of output from `first` to `end`.
  void Run(size_t first, size_t end) const {
    for (size_t oy = first; oy < end; oy++) {
      const Lines lines(d_, oy);
      uint8_t* y = d_.y + oy * d_.out_width * d_.channels + c_;
      if (d_.channels >= 8) Line(WholePixels<kHalves>(d_, lines, c_, outside_), y);
      else if constexpr (kHalves == 1) SomeChannels(SomePixels(d_, lines, outside_), y);
    }
  }

 private:
  static constexpr size_t kPixels = 4 / kHalves;
  using Sums = __m256i[kHalves];

  // Column kx of the weights of eight channels from c, three rows and 0 each.
  static inline __attribute__((always_inline)) __m256i Quads(const int8_t* weights, size_t c, size_t kx) {
    const auto at = [=](size_t channel) { return weights + channel / kLanes * kLanes * 12 + (kx * kLanes + channel % kLanes) * 4; };
    if (c % 8 == 0) return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at(c)));
    alignas(32) int8_t quads[8][4];
    for (size_t i = 0; i < 8; i++) std::memcpy(quads[i], at(c + i), 4);
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(quads));
  }

  void SomeChannels(const SomePixels& x, uint8_t* y) const {
    // Whether neighbouring outputs of a line fill a vector together.
    if (d_.stride_x == 1 && 8 % d_.channels == 0) Flat(x, y);
    else Line(x, y);
  }

  template <typename Pixels>
  inline __attribute__((always_inline)) void Line(Pixels x, uint8_t* y) const {
    if (d_.stride_x == 1) Dense(&x, y);
    else Strided(&x, y);
  }

  // to = from + the products with column kx of the weights. gcc 12 moves weights to registers for which it spills others.
  inline __attribute__((always_inline)) void Add(const Rows<kHalves>& x, size_t kx, const Sums& from, Sums& to) const {
#pragma GCC unroll 2
    for (size_t h = 0; h < kHalves; h++) {
      __m256i pairs, last;
      asm("vpmaddwd %2, %1, %0" : "=x"(pairs) : "x"(x.pairs[h]), "m"(w_[kx].pairs[h]));
      asm("vpmaddwd %2, %1, %0" : "=x"(last) : "x"(x.last[h]), "m"(w_[kx].last[h]));
      to[h] = _mm256_add_epi32(_mm256_add_epi32(from[h], pairs), last);
    }
  }

  template <size_t kCount>
  inline __attribute__((always_inline)) void Store(const Sums* sums, size_t left, uint8_t* y) const {
    requantizer_.template Store<kCount, kHalves>(sums, c_, left, y, d_.channels);
  }

  // A column ends an output, is the middle of the next, and begins the one after it.
  template <typename Pixels>
  inline __attribute__((always_inline)) void Dense(Pixels* x, uint8_t* y) const {
    Sums a, b;
    Add(x->Next(), 0, bias_, a);
    const Rows<kHalves> second = x->Next();
    Add(second, 1, a, a);
    Add(second, 0, bias_, b);
    const auto step = [&](Sums& done) __attribute__((always_inline)) {
      const Rows<kHalves> column = x->Next();
      Add(column, 2, a, done);
      Add(column, 1, b, a);
      Add(column, 0, bias_, b);
    };
    Outputs(step, y);
  }

  // With a stride of 2 the last column of an output is the first of the next.
  template <typename Pixels>
  inline __attribute__((always_inline)) void Strided(Pixels* x, uint8_t* y) const {
    Rows<kHalves> last = x->Next();
    const auto step = [&](Sums& done) __attribute__((always_inline)) {
      Add(last, 0, bias_, done);
      Add(x->Next(), 1, done, done);
      last = x->Next();
      Add(last, 2, done, done);
    };
    Outputs(step, y);
  }

  // Stores a line of outputs, each of which is a step.
  template <typename Step>
  inline __attribute__((always_inline)) void Outputs(const Step& step, uint8_t* y) const {
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
  void Flat(const SomePixels& x, uint8_t* y) const {
    const auto pixel = static_cast<int64_t>(d_.channels);
    int64_t at = -static_cast<int64_t>(d_.left * d_.channels);
    const size_t outputs = d_.out_width * d_.channels;
    for (size_t o = 0; o < outputs; o += 8, at += 8) {
      Sums done[1];
      Add(x.FromByte(at), 0, bias_, done[0]);
      Add(x.FromByte(at + pixel), 1, done[0], done[0]);
      Add(x.FromByte(at + 2 * pixel), 2, done[0], done[0]);
      Store<1>(done, outputs - o, y + o);
    }
  }

  const Qs8Depthwise3x3Args d_;
  const Requantizer requantizer_;
  const size_t c_;
  Rows<kHalves> w_[3];
  Sums bias_;
  uint8_t outside_[16];
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
