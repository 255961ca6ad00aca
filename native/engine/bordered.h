#ifndef EDGEC_ENGINE_BORDERED_H_
#define EDGEC_ENGINE_BORDERED_H_

#include "engine/window.h"

namespace edgec {

// Channels-last images as kernels read them: with the border that windows reach, in the kernel's storage, each
// channel `repeat` times. Images that are so already are read where they are, all others are copied one by one.
class Bordered {
 public:
  // `flip` is 0x80 where the storage changes. Fails where the copy would be too large.
  static Status Make(const Window& window, size_t element_bytes, size_t repeat, uint8_t flip, Bordered* bordered);

  size_t pixel_bytes() const { return pixel_; }
  size_t line_bytes() const { return line_; }
  // Bytes of scratch, behind which kernels may read 64 more.
  size_t scratch_bytes() const { return copies_ ? line_ * lines_ : 0; }
  bool copies() const { return copies_; }

  // Image `index` of x. `fill` is the byte of the border.
  const uint8_t* Image(const uint8_t* x, size_t index, uint8_t fill, Pool* pool, uint8_t* scratch) const;

  // Lines of a copy of image `index` from `first` to below `end`.
  void CopyLines(const uint8_t* x, size_t index, size_t first, size_t end, uint8_t fill, uint8_t* to) const;

 private:
  // Fills a line but for the pixels from `first` to below `end`.
  void Fill(uint8_t fill, size_t first, size_t end, uint8_t* to) const;
  void CopyInside(const uint8_t* from, size_t pixels, uint8_t* to) const;
  void CopyPixels(const uint8_t* from, uint8_t* to) const;

  size_t height_ = 0, width_ = 0, lines_ = 0, columns_ = 0;
  size_t element_ = 0, elements_ = 0, repeat_ = 1, pixel_ = 0, line_ = 0;
  size_t top_ = 0, left_ = 0;
  uint8_t flip_ = 0;
  bool copies_ = false;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_BORDERED_H_
