#include "kernels/qs8_depthwise3x3/qs8_depthwise3x3.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
namespace edgec::arm64_dotprod {
namespace {
#include "kernels/arm64_widen.inc"
#include "kernels/arm64_requant.inc"
#include "kernels/arm64_interleave.inc"

// Sums of 16 channels.
struct Acc {
  int32x4_t v[4];
};

// Writes whole rows of outputs for the 16 channels from `c`.
class Group {
 public:
  Group(const Qs8Depthwise3x3Args& d, size_t c)
      : d_(d), c_(c), left_(d.channels - c), fill_(vreinterpretq_s8_u8(vdupq_n_u8(d.fill))) {
    LoadSums(d.requant.bias + c, bias_.v);
#pragma GCC unroll 3
    for (size_t kx = 0; kx < 3; kx++)
#pragma GCC unroll 4
      for (size_t i = 0; i < 4; i++) w_[kx][i] = vld1q_s8(d.weights + c * 12 + kx * 64 + i * 16);
  }

  void Run() const {
    for (size_t oy = 0; oy < d_.out_height; oy++) {
      if (d_.stride_x == 1) Dense(oy);
      else Strided(oy);
    }
  }

 private:
  // Null outside the image. Below 0 wraps to more than any size.
  const uint8_t* Row(size_t iy) const { return iy < d_.height ? d_.x + iy * d_.width * d_.channels + c_ : nullptr; }

  inline __attribute__((always_inline)) int8x16_t At(const uint8_t* row, size_t ix) const {
    if (!row || ix >= d_.width) return fill_;
    const uint8_t* from = row + ix * d_.channels;
    if (left_ >= kLanes) return vreinterpretq_s8_u8(vld1q_u8(from));
    uint8_t lanes[kLanes] = {};
    __builtin_memcpy(lanes, from, left_);
    return vreinterpretq_s8_u8(vld1q_u8(lanes));
  }

  // Three rows of an input column; the fourth has weights of 0.
  inline __attribute__((always_inline)) void Column(const uint8_t* const* rows, size_t ix, int8x16_t* quad) const {
    const int8x16_t last = At(rows[2], ix);
    Interleave(At(rows[0], ix), At(rows[1], ix), last, last, quad);
  }

  inline __attribute__((always_inline)) Acc Add(Acc acc, const int8x16_t* quad, size_t kx) const {
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) acc.v[i] = vdotq_s32(acc.v[i], quad[i], w_[kx][i]);
    return acc;
  }

  inline __attribute__((always_inline)) void Store(const Acc& acc, size_t oy, size_t ox) const {
    StoreSums(acc.v, d_.requant, c_, d_.flip, d_.y + (oy * d_.out_width + ox) * d_.channels + c_, left_);
  }

  // A column ends an output, is the middle of the next, and begins the one after it.
  void Dense(size_t oy) const {
    const size_t iy = oy * d_.stride_y - d_.top;
    const uint8_t* const rows[3] = {Row(iy), Row(iy + 1), Row(iy + 2)};
    int8x16_t quad[4];
    size_t ix = -d_.left;
    Column(rows, ix++, quad);
    Acc a = Add(bias_, quad, 0);
    Column(rows, ix++, quad);
    a = Add(a, quad, 1);
    Acc b = Add(bias_, quad, 0);
    for (size_t ox = 0; ox < d_.out_width; ox++) {
      Column(rows, ix++, quad);
      Store(Add(a, quad, 2), oy, ox);
      a = Add(b, quad, 1);
      b = Add(bias_, quad, 0);
    }
  }

  // With a stride of 2 the last column of an output is the first of the next.
  void Strided(size_t oy) const {
    const size_t iy = oy * d_.stride_y - d_.top;
    const uint8_t* const rows[3] = {Row(iy), Row(iy + 1), Row(iy + 2)};
    int8x16_t quad[4];
    size_t ix = -d_.left;
    Column(rows, ix++, quad);
    for (size_t ox = 0; ox < d_.out_width; ox++) {
      Acc acc = Add(bias_, quad, 0);
      Column(rows, ix++, quad);
      acc = Add(acc, quad, 1);
      Column(rows, ix++, quad);
      Store(Add(acc, quad, 2), oy, ox);
    }
  }

  const Qs8Depthwise3x3Args d_;  // a copy, which no store of a result can change
  const size_t c_, left_;
  const int8x16_t fill_;
  Acc bias_;
  int8x16_t w_[3][4];
};

}  // namespace

void Qs8Depthwise3x3(const Qs8Depthwise3x3Args& d) {
  for (size_t c = 0; c < d.channels; c += kLanes) Group(d, c).Run();
}

}  // namespace edgec::arm64_dotprod
#pragma GCC pop_options
#endif
