#ifndef EDGEC_ENGINE_WINOGRAD_H_
#define EDGEC_ENGINE_WINOGRAD_H_

#include "engine/window.h"

namespace edgec {

// Whether a constant can be stored with transformed weights for squares of its side.
bool WinogradFits(const Value& value);

// Bytes of these, as F32WinogradArgs has them.
size_t WinogradBytes(const Value& value);

// The side of the squares in which Winograd's filtering makes the outputs of an ungrouped float convolution; 0 where it is
// a plain matrix product. The compiler has chosen (src/core/plan/winograd.ts).
size_t WinogradSide(const Window& window, const Value& weights, Isa isa);

// Prepares such a convolution. `bias` and `addend` may be null. Fails where memory is short.
Status PrepareWinograd(const Preparation& p, const Window& window, size_t side, const float* bias, const Value* addend, float min, float max,
                       Step* step);

}  // namespace edgec

#endif  // EDGEC_ENGINE_WINOGRAD_H_
