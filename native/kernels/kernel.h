#ifndef EDGEC_KERNELS_KERNEL_H_
#define EDGEC_KERNELS_KERNEL_H_

#include <cstddef>
#include <cstdint>

#include "base/cpu.h"

namespace edgec {

constexpr size_t kLanes = 16;  // columns of one panel of weights

// How a kernel wants its operands.
struct Layout {
  bool plus128 = false;  // int8 inputs are stored as u8, plus 128
  size_t unit = 1;       // elements along the depth of one column that lie side by side
  size_t group = 16;     // channels that are permuted together, see qs8_depthwise.h
  bool windows = false;  // weights may come as windows, see qs8_gemm/windows.h
  size_t sets = 1;       // of weights that are added up where one int8 does not hold them
  bool centered = false;  // the bias is that of inputs without the 128 that they are stored plus
};

// One implementation of a family. Its name is family_tile__isa.
template <typename Args>
struct Kernel {
  const char* name;
  Isa isa;
  Layout layout;
  void (*run)(const Args&);
};

// All variants of a family that this build has, scalar first, then from worst to best.
template <typename Args>
struct Family {
  const Kernel<Args>* kernels;
  size_t count;

  const Kernel<Args>& Best(Isa isa) const {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
      if (Includes(isa, kernels[i].isa)) best = i;
    return kernels[best];
  }
};

// How much there is to do for a kernel that packs with saturation and stores plus 128. Whole: products fit an int32, and bytes are
// stored without bounds, so that packing saturates to what they hold. Plain: their zero point is the least of them, too. Any:
// everything else.
enum class Requantizing { kAny, kWhole, kPlain };

// One of them as the type of an argument.
template <Requantizing kKind>
struct OfKind {
  constexpr Requantizing operator()() const { return kKind; }
};

// How int32 sums become int8 (docs/numerics.md, section 3). Arrays hold whole panels.
struct Requant {
  const int32_t* bias = nullptr;
  const float* multiplier = nullptr;
  int32_t zero_point = 0;
  int32_t min = -128;
  int32_t max = 127;
  bool fits_int32 = false;  // whether the product of any int32 and a multiplier does, as it surely does where all are nearer to 0 than 1

  Requantizing Kind(uint8_t flip) const {
    if (!fits_int32 || min > -128 || max < 127 || flip == 0) return Requantizing::kAny;
    return zero_point > -128 ? Requantizing::kWhole : Requantizing::kPlain;
  }
};

constexpr size_t RoundUp(size_t n, size_t to) { return (n + to - 1) / to * to; }

// How many tiles of up to `most` rows there are.
constexpr size_t Tiles(size_t rows, size_t most) { return (rows + most - 1) / most; }

// Rows of the next tile where `left` remain and a tile has up to `most`: the last two share what is left.
constexpr size_t TileRows(size_t left, size_t most) {
  return left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
}

}  // namespace edgec

#endif  // EDGEC_KERNELS_KERNEL_H_
