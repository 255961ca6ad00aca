#ifndef EDGEC_ENGINE_INT16_H_
#define EDGEC_ENGINE_INT16_H_

#include <vector>

#include "engine/fixed_32.h"
#include "engine/prepare.h"

namespace edgec {

// What turns the sums of the output channels of an int16 convolution into outputs.
struct Int16Channels {
  std::vector<int32_t> bias;
  std::vector<Scaling> scaling;
  bool wide;
  int32_t low, high;

  int16_t Finish(size_t channel, int64_t sum) const;
};

// From operands 2 to 4: bias, multiplier and shift of each channel. `terms` products make a sum.
Status MakeInt16Channels(const Preparation& p, size_t outputs, bool wide, int32_t low, int32_t high, size_t terms, Int16Channels* channels);

}  // namespace edgec

#endif  // EDGEC_ENGINE_INT16_H_
