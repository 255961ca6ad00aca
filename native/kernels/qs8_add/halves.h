#ifndef EDGEC_KERNELS_QS8_ADD_HALVES_H_
#define EDGEC_KERNELS_QS8_ADD_HALVES_H_

#include "kernels/qs8_add/qs8_add.h"

namespace edgec {

// Multipliers of 22 bits as products of int16: a · m = (a · high << 11) + a · low. Both operands' halves lie in one word,
// as their elements do where they alternate. The offset makes up for operands that are read plus 128.
struct AddHalves {
  static constexpr int kLowBits = 11;

  explicit AddHalves(const Qs8AddArgs& s)
      : high(Pair(s.a_multiplier >> kLowBits, s.b_multiplier >> kLowBits)),
        low(Pair(s.a_multiplier & kLowMask, s.b_multiplier & kLowMask)),
        offset(s.offset - 128 * (s.a_multiplier + s.b_multiplier)) {}

  int32_t high, low, offset;

 private:
  static constexpr int32_t kLowMask = (1 << kLowBits) - 1;
  static int32_t Pair(int32_t a, int32_t b) { return static_cast<int32_t>((static_cast<uint32_t>(a) & 0xffff) | static_cast<uint32_t>(b) << 16); }
};

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_ADD_HALVES_H_
