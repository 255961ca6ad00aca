#ifndef EDGEC_KERNELS_AHEAD_H_
#define EDGEC_KERNELS_AHEAD_H_

#include <cstddef>
#include <cstdint>

#include "kernels/kernel.h"

namespace edgec {

// The weights behind those in use, which a tile fetches into the nearest cache, a few bytes every step: the hardware
// follows panels too late to hide a slow cache. Behind the last panels of a layer, a package has the next layer's.
struct Ahead {
  static constexpr size_t kLine = 64, kLeastBytes = 1 << 17;  // fewer weights stay near from run to run

  // Whether a layer of `bytes` of weights, over whose `panels` at a time go `tiles`, gains.
  static constexpr bool Pays(size_t bytes, size_t panels, size_t tiles) { return bytes >= kLeastBytes && tiles <= panels * kLine; }

  // Fetches nothing.
  Ahead() = default;
  // Each of `tiles`, at least one, reads a line of every one of `panels` a step, and all of them together fetch as much
  // from `next` on.
  Ahead(const void* next, size_t panels, size_t tiles) : at(static_cast<const uint8_t*>(next)), step(panels * kLine / tiles) {
    if (step > kLine) step = kLine;
  }

  const uint8_t* at = nullptr;
  size_t step = 0;
};

}  // namespace edgec

#endif  // EDGEC_KERNELS_AHEAD_H_
