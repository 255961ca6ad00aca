#ifndef EDGEC_TESTS_INTEGER_SUMS_H_
#define EDGEC_TESTS_INTEGER_SUMS_H_

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/family_test.h"

namespace edgec {

// The elements that `count` places take, from[element(place)].
template <typename T, typename Element>
std::vector<T> Spread(const std::vector<T>& from, size_t count, Element element) {
  std::vector<T> to(count);
  for (size_t i = 0; i < count; i++) to[i] = from[element(i)];
  return to;
}

// Bias, multipliers and bounds for `count` sums that reach about `reach`.
struct Sums {
  std::vector<int32_t> bias;
  std::vector<float> multiplier;
  int32_t zero_point, min, max;

  Sums(Draw* draw, size_t count, int64_t reach) {
    const double most = draw->Coin() ? 2 : 0;
    for (size_t i = 0; i < count; i++) {
      bias.push_back(static_cast<int32_t>(draw->Int(-reach, reach)));
      multiplier.push_back(draw->Int(0, 9) == 0 ? 0.5f : std::exp2(draw->Reals(1, -20, most)[0]) * (draw->Coin() ? 1 : 0.001f));
    }
    zero_point = static_cast<int32_t>(draw->Int(0, 3) > 0 ? draw->Int(-128, 127) : -128);
    min = static_cast<int32_t>(draw->Coin() ? -128 : draw->Int(-128, 127));
    max = static_cast<int32_t>(draw->Coin() ? 127 : draw->Int(min, 127));
  }

  template <typename Element>
  Sums Over(size_t count, Element element) const {
    Sums wide = *this;
    wide.bias = Spread(bias, count, element);
    wide.multiplier = Spread(multiplier, count, element);
    return wide;
  }
};

// The same sums as a kernel of this layout takes them: order of channels, stored inputs.
struct PackedSums {
  std::vector<int32_t> bias;
  std::vector<float> multiplier;
  Requant requant;

  template <typename Place>
  PackedSums(const Sums& sums, const std::vector<int32_t>& weight_sums, const Layout& layout, size_t padded, Place place) {
    bias.assign(padded, 0);
    multiplier.assign(padded, 0);
    for (size_t n = 0; n < sums.bias.size(); n++) {
      bias[place(n)] = sums.bias[n] - (layout.plus128 && !layout.centered ? 128 * weight_sums[n] : 0);
      multiplier[place(n)] = sums.multiplier[n];
    }
    const bool fits_int32 = std::all_of(multiplier.begin(), multiplier.end(), [](float m) { return std::fabs(m) < 1; });
    requant = {bias.data(), multiplier.data(), sums.zero_point, sums.min, sums.max, fits_int32};
  }
};

// Stored bytes with room that kernels may read.
inline std::vector<uint8_t> Stored(const std::vector<int8_t>& bytes, const Layout& layout) {
  std::vector<uint8_t> stored(bytes.size() + 64);
  for (size_t i = 0; i < bytes.size(); i++) stored[i] = static_cast<uint8_t>(bytes[i]) ^ (layout.plus128 ? 0x80 : 0);
  return stored;
}

}  // namespace edgec

#endif  // EDGEC_TESTS_INTEGER_SUMS_H_
