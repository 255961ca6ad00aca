#ifndef EDGEC_ENGINE_WINOGRAD_H_
#define EDGEC_ENGINE_WINOGRAD_H_

#include "engine/window.h"

namespace edgec {

// The side of the squares in which Winograd's filtering makes the outputs of an ungrouped float convolution; 0 where a
// plain matrix product is as fast.
size_t WinogradSide(const Window& window, size_t outputs, Isa isa);

// Prepares such a convolution. `bias` may be null. Fails where memory is short.
Status PrepareWinograd(const Preparation& p, const Window& window, size_t side, const float* bias, float min, float max, Step* step);

}  // namespace edgec

#endif  // EDGEC_ENGINE_WINOGRAD_H_
