#ifndef EDGEC_ENGINE_FIXED_32_H_
#define EDGEC_ENGINE_FIXED_32_H_

#include <cstdint>

namespace edgec {

// The 32-bit fixed point of int16 ops; src/core/ops/fixed-32.ts defines it.
struct Scaling {
  int32_t multiplier, shift;
};

// What the functions below can work with.
inline bool IsScaling(const Scaling& s) { return s.multiplier >= 0 && s.shift >= -31 && s.shift <= 14; }

inline int32_t DoublingHigh(int32_t x, int32_t m) {
  if (x == INT32_MIN && m == INT32_MIN) return INT32_MAX;
  const int64_t product = int64_t{x} * m;
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

inline int32_t RoundingShift(int32_t x, int32_t bits) {
  const int64_t mask = (int64_t{1} << bits) - 1, rest = x & mask, threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> bits) + (rest > threshold ? 1 : 0);
}

inline int32_t Scale32(int32_t x, const Scaling& s) {
  const int32_t left = s.shift > 0 ? s.shift : 0, right = s.shift > 0 ? 0 : -s.shift;
  const auto raised = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return RoundingShift(DoublingHigh(raised, s.multiplier), right);
}

// For |x| below 2^47.
inline int64_t Scale64(int64_t x, const Scaling& s) {
  const int64_t reduced = s.multiplier < 0x7fff0000 ? (s.multiplier + (1 << 15)) >> 16 : 0x7fff;
  const int32_t bits = 15 - s.shift;
  return (x * reduced + (int64_t{1} << (bits - 1))) >> bits;
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_FIXED_32_H_
