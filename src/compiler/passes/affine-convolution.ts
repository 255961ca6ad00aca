import { tensor } from '../../core/index.ts';
import { affineOf, type ChannelAffine, channelValue } from './affine.ts';
import { localPass } from './driver.ts';
import { clampOf, hasClamp } from './graph-view.ts';

/**
 * A scale and shift of each channel of an image that no linear op could take in is a depthwise convolution of one
 * element: in int8, each channel then has a factor of its own, and its bias is not rounded to 8 bits.
 */
export const affineConvolution = localPass('affine-convolution', (node, view) => {
  const outer = view.shape(node.outputs[0]).length === 4 ? affineOf(node, view) : undefined;
  if (!outer || outer.channels === 1) return undefined;
  const before = view.hasOneReader(outer.operand) ? view.producer(outer.operand) : undefined;
  const inner = before && !hasClamp(before.attrs) ? affineOf(before, view) : undefined;
  const { operand, scale, shift } = inner ? composed(inner, outer) : listed(outer);
  const varies = scale.some((s) => s !== scale[0]) || (inner && shift.some((s) => s !== shift[0]));
  if (!varies) return undefined;
  const patch = view.patch('affine-convolution', ...(inner && before ? [before, node] : [node]));
  const weight = patch.constant(`${node.name}.weight`, tensor('float32', [1, 1, 1, scale.length], scale));
  const bias = patch.constant(`${node.name}.bias`, tensor('float32', [shift.length], shift));
  patch.replace(
    node.outputs[0],
    patch.add('DepthwiseConv2d', [operand, weight, bias], clampOf(node.attrs), node.name)[0],
  );
  return patch.build();
});

const channelsOf = ({ channels }: ChannelAffine): number[] => Array.from({ length: channels }, (_, c) => c);

/** With an entry for each channel. */
const listed = (affine: ChannelAffine): ChannelAffine => ({
  ...affine,
  scale: channelsOf(affine).map((c) => channelValue(affine.scale, c)),
  shift: channelsOf(affine).map((c) => channelValue(affine.shift, c)),
});

/** `outer` after `inner`. */
function composed(inner: ChannelAffine, outer: ChannelAffine): ChannelAffine {
  const [first, second] = [listed(inner), listed(outer)];
  return {
    ...inner,
    scale: first.scale.map((s, c) => s * second.scale[c]),
    shift: first.shift.map((t, c) => t * second.scale[c] + second.shift[c]),
  };
}
