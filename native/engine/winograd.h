#ifndef EDGEC_ENGINE_WINOGRAD_H_
#define EDGEC_ENGINE_WINOGRAD_H_

#include "engine/accumulate.h"
#include "engine/window.h"

namespace edgec {

// Whether a constant can be weights that are filtered in squares of its side: of float32, which are also stored transformed, or
// of int8 in panels.
bool WinogradFits(const Value& value);

// Bytes of those that are stored transformed, as F32WinogradArgs has them.
size_t WinogradBytes(const Value& value);

// The side of the squares in which Winograd's filtering makes the outputs of an ungrouped convolution; 0 where it is a plain
// matrix product. The compiler has chosen (src/core/plan/winograd.ts).
size_t WinogradSide(const Window& window, const Value& weights, Isa isa);

// Prepares such a convolution in float32. `bias` and `addend` may be null. Fails where memory is short.
Status PrepareWinograd(const Preparation& p, const Window& window, size_t side, const float* bias, const Value* addend, float min, float max,
                       Step* step);

// Whether a kernel reads x and int8 weights as they are stored.
bool FiltersIntegers(const Preparation& p, const AccumulateParams& params);

// Prepares such a convolution in int8, of operands that have been checked. Fails where memory is short.
Status PrepareQWinograd(const Preparation& p, const Window& window, size_t side, const AccumulateParams& params, Step* step);

}  // namespace edgec

#endif  // EDGEC_ENGINE_WINOGRAD_H_
