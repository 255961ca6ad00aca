#ifndef EDGEC_KERNELS_QS8_DEPTHWISE_QS8_DEPTHWISE_H_
#define EDGEC_KERNELS_QS8_DEPTHWISE_QS8_DEPTHWISE_H_

#include "kernels/kernel.h"

namespace edgec {

// y[p][c] = requant(bias[c] + Σt taps[p][t][c] · w[t][c]) ^ flip
//
// `pixels` outputs of a depthwise convolution, each from 4 · `quads` taps given as pointers to their channels; taps
// that do not exist point anywhere and have weights of 0. Inputs are stored as the kernel's layout says; the bias
// makes up for it. Up to `group` bytes behind a tap are read. Pixels of y are `channels` bytes apart.
//
// Weights, bias and multipliers are packed in groups of layout.group channels (PackQs8Depthwise, GroupOrder), since
// interleaving the bytes of four taps leaves the channels in this order. Channel c uses those
// of c mod period, a multiple of the group or no less than the channels.
struct Qs8DepthwiseArgs {
  const uint8_t* const* taps;
  size_t pixels, quads, channels;
  size_t period;
  const int8_t* weights;
  Requant requant;
  uint8_t* y;
  uint8_t flip;
};

const Family<Qs8DepthwiseArgs>& Qs8DepthwiseFamily();

// The place of a channel after interleaving: groups of 16 channels lie in 128-bit lanes, four channels each in one of
// four vectors of layout.group / 4 channels.
constexpr size_t GroupOrder(const Layout& layout, size_t channel) {
  const size_t in_group = channel % layout.group;
  return channel - in_group + in_group % 16 / 4 * (layout.group / 4) + in_group / 16 * 4 + in_group % 4;
}

// Packs weights w[taps][channels] as [channels/group][quads][group in GroupOrder][4]; the rest is 0.
// `packed` has RoundUp(channels, group) · quads · 4 bytes.
void PackQs8Depthwise(const Layout& layout, const int8_t* w, size_t taps, size_t channels, int8_t* packed);

}  // namespace edgec

#endif  // EDGEC_KERNELS_QS8_DEPTHWISE_QS8_DEPTHWISE_H_
