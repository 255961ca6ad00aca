#ifndef EDGEC_ENGINE_BANDS_H_
#define EDGEC_ENGINE_BANDS_H_

#include "engine/bordered.h"
#include "engine/split.h"

namespace edgec {

// How a convolution takes the copy of an image with its border: all of it, or in bands of lines that are multiplied with all
// columns while they are near, each by the thread that copied it.
class Bands {
 public:
  // Of products of `lines` by `rows` rows, `macs` together.
  static Bands Make(const Window& window, const Bordered& image, size_t lines, size_t rows, double macs, const Pool* pool) {
    constexpr size_t kNearBytes = 1 << 17, kOverlaps = 4;
    Bands b;
    b.lines_ = lines;
    b.stride_ = window.stride_y;
    b.reach_ = (window.kernel_height - 1) * window.dilation_y + 1;
    b.macs_ = macs;
    const size_t near = kNearBytes / std::max<size_t>(1, image.line_bytes());
    const size_t least = kOverlaps * b.reach_ / b.stride_ + 1, fits = near > b.reach_ ? (near - b.reach_) / b.stride_ + 1 : 1;
    b.band_ = std::max(fits, least);
    const bool whole = !image.copies() || lines != window.out_height || SharesColumns(pool, lines * rows);
    if (whole || (!pool && b.band_ >= lines)) b.band_ = 0;
    const size_t copied = std::min(image.scratch_bytes(), b.LinesOf(b.band_) * image.line_bytes());
    b.room_ = b.band_ == 0 ? image.scratch_bytes() : RoundUp(copied + Block::kRoom, 64);
    b.scratch_ = b.band_ > 0 && pool ? b.room_ * pool->threads() : b.room_;
    return b;
  }

  size_t scratch_bytes() const { return scratch_; }

  // Calls product(first line that is read, first line of outputs, lines of outputs, threads to share it) for image `index` of x.
  template <typename F>
  void Run(const Bordered& image, const uint8_t* x, size_t index, uint8_t fill, Pool* pool, uint8_t* scratch, const F& product) const {
    if (band_ == 0) return product(image.Image(x, index, fill, pool, scratch), size_t{0}, lines_, pool);
    Split(pool, lines_, macs_, [&](size_t first, size_t end) {
      uint8_t* room = scratch + Pool::Worker() * room_;
      const size_t all = end - first, bands = (all + band_ - 1) / band_;
      for (size_t i = 0; i < bands; i++) {
        const size_t from = first + all * i / bands, count = first + all * (i + 1) / bands - from;
        image.CopyLines(x, index, from * stride_, from * stride_ + LinesOf(count), fill, room);
        product(room, from, count, static_cast<Pool*>(nullptr));
      }
    });
  }

 private:
  // Lines that are read for so many of outputs.
  size_t LinesOf(size_t outputs) const { return outputs == 0 ? 0 : (outputs - 1) * stride_ + reach_; }

  size_t lines_ = 0, stride_ = 1, reach_ = 1, band_ = 0, room_ = 0, scratch_ = 0;
  double macs_ = 0;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_BANDS_H_
