#include "engine/bordered.h"

#include <algorithm>
#include <cstring>

#include "engine/split.h"

namespace edgec {
namespace {

constexpr size_t kShortLine = 64;
constexpr double kMacsOfAByte = 64;  // what can be multiplied while a byte is copied, or fetched from where another thread put it

}  // namespace

Status Bordered::Make(const Window& w, size_t element_bytes, size_t repeat, uint8_t flip, Bordered* b) {
  constexpr double kMaxBytes = 4294967296.0;
  b->height_ = w.height;
  b->width_ = w.width;
  b->lines_ = w.reach_y();
  b->columns_ = w.reach_x();
  b->element_ = element_bytes;
  b->elements_ = w.channels;
  b->repeat_ = repeat;
  b->pixel_ = w.channels * repeat * element_bytes;
  b->top_ = static_cast<size_t>(w.top);
  b->left_ = static_cast<size_t>(w.left);
  b->flip_ = flip;
  b->copies_ = flip != 0 || repeat > 1 || w.top > 0 || w.left > 0 || b->lines_ > w.height || b->columns_ > w.width;
  b->line_ = (b->copies_ ? b->columns_ : w.width) * b->pixel_;
  if (b->copies_ && static_cast<double>(b->line_) * static_cast<double>(b->lines_) > kMaxBytes)
    return Status::Error("E_LIMIT_EXCEEDED", "an image with its border needs more than 4 GiB");
  return Status::Ok();
}

const uint8_t* Bordered::Image(const uint8_t* x, size_t index, uint8_t fill, Pool* pool, uint8_t* scratch) const {
  if (!copies_) return x + index * height_ * width_ * elements_ * element_;
  Split(pool, lines_, kMacsOfAByte * static_cast<double>(lines_ * line_),
        [&](size_t first, size_t end) { CopyLines(x, index, first, end, fill, scratch + first * line_); });
  return scratch;
}

void Bordered::CopyLines(const uint8_t* x, size_t index, size_t first, size_t end, uint8_t fill, uint8_t* to) const {
  const size_t source_line = width_ * elements_ * element_;
  const size_t before = std::min(left_, columns_), inside = std::min(width_, columns_ - before);
  // The borders of short lines are filled with all there is, as calls take longer than bytes.
  const bool together = line_ <= kShortLine;
  if (together) std::memset(to, fill, (end - first) * line_);
  for (size_t l = first; l < end; l++, to += line_) {
    const bool is_inside = l >= top_ && l - top_ < height_;
    if (!together) Fill(fill, is_inside ? before : columns_, is_inside ? before + inside : columns_, to);
    if (is_inside) CopyInside(x + (index * height_ + l - top_) * source_line, inside, to + before * pixel_);
  }
}

void Bordered::Fill(uint8_t fill, size_t first, size_t end, uint8_t* to) const {
  std::memset(to, fill, first * pixel_);
  std::memset(to + end * pixel_, fill, (columns_ - end) * pixel_);
}

void Bordered::CopyInside(const uint8_t* from, size_t pixels, uint8_t* to) const {
  if (repeat_ > 1) {
    for (size_t p = 0; p < pixels; p++) CopyPixels(from + p * elements_ * element_, to + p * pixel_);
  } else if (flip_ == 0) {
    std::memcpy(to, from, pixels * pixel_);
  } else {
    for (size_t i = 0; i < pixels * pixel_; i++) to[i] = from[i] ^ flip_;
  }
}

void Bordered::CopyPixels(const uint8_t* from, uint8_t* to) const {
  for (size_t c = 0; c < elements_; c++, from += element_)
    for (size_t m = 0; m < repeat_; m++, to += element_)
      for (size_t i = 0; i < element_; i++) to[i] = from[i] ^ flip_;
}

}  // namespace edgec
