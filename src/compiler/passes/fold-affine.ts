import { type Attrs, type Tensor, tensor } from '../../core/index.ts';
import type { Node, Patch, ValueId } from '../graph/index.ts';
import { affineOf, type ChannelAffine, channelValue } from './affine.ts';
import { allFinite } from './check-finite.ts';
import { localPass } from './driver.ts';
import { clampOf, type GraphView, hasClamp, intsAttr } from './graph-view.ts';

/** Axis of the weights that counts output channels. */
const outputAxis: Readonly<Record<string, number>> = {
  Conv2d: 0,
  DepthwiseConv2d: 3,
  TransposeConv2d: 0,
  FullyConnected: 0,
};
const linearOps = Object.keys(outputAxis);

/** Scales and shifts of channels around a linear op join its weights and bias: batch norms, normalised inputs. */
export const foldAffine = localPass('fold-affine', (node, view) => {
  if (node.op in outputAxis) return foldBefore(node, view);
  return foldAfter(node, view);
});

function foldAfter(node: Node, view: GraphView): Patch | undefined {
  const affine = affineOf(node, view);
  const linear = affine && view.maker(affine.operand, ...linearOps);
  if (!affine || !linear || hasClamp(linear.attrs) || !view.hasOneReader(affine.operand)) return undefined;
  const weight = view.constant(linear.inputs[1]);
  if (!weight || (linear.inputs[2] !== undefined && !view.constant(linear.inputs[2]))) return undefined;
  const channels = weight.shape[outputAxis[linear.op]];
  const bias = view.constant(linear.inputs[2])?.data as Float32Array | undefined;
  const shifted = Float32Array.from(
    { length: channels },
    (_, c) => (bias?.[c] ?? 0) * channelValue(affine.scale, c) + channelValue(affine.shift, c),
  );
  const clamp = clampOf(node.attrs);
  return rebuild(
    view,
    [linear, node],
    linear,
    linear.inputs[0],
    scaledChannels(weight, outputAxis[linear.op], affine.scale),
    shifted,
    clamp,
  );
}

function scaledChannels(weight: Tensor, axis: number, scale: readonly number[]): Tensor {
  if (scale.every((s) => s === 1)) return weight;
  const data = weight.data as Float32Array;
  const scaled = new Float32Array(data.length);
  eachChannelRun(weight, axis, (c, from, to) => {
    const factor = channelValue(scale, c);
    for (let i = from; i < to; i++) scaled[i] = data[i] * factor;
  });
  return tensor('float32', weight.shape, scaled);
}

/** Visits the elements of each channel of `axis`, as runs that lie side by side. */
function eachChannelRun(
  { shape, data }: Tensor,
  axis: number,
  visit: (channel: number, from: number, to: number) => void,
): void {
  const run = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  for (let from = 0, i = 0; from < data.length; from += run, i++) visit(i % shape[axis], from, from + run);
}

function foldBefore(node: Node, view: GraphView): Patch | undefined {
  const x = node.inputs[0] as ValueId;
  const transpose = view.maker(x, 'Transpose');
  const perm = transpose && intsAttr(transpose.attrs, 'perm');
  const before = view.producer(transpose ? transpose.inputs[0] : x);
  const affine =
    before && view.hasOneReader(x) && view.hasOneReader(before.outputs[0])
      ? affineOf(before, view, perm)
      : undefined;
  const weight = view.constant(node.inputs[1]);
  if (!before || !affine || !weight || hasClamp(before.attrs)) return undefined;
  if (node.inputs[2] !== undefined && !view.constant(node.inputs[2])) return undefined;
  const shifts = affine.shift.some((v) => v !== 0);
  const padded = 'pads' in node.attrs && intsAttr(node.attrs, 'pads').some((p) => p !== 0);
  if (shifts && (padded || node.op === 'TransposeConv2d')) return undefined;
  const { scaled, shifted } = absorb(node, weight, view.constant(node.inputs[2]), affine);
  const nodes = [before, node];
  if (!transpose || !perm) return rebuild(view, nodes, node, affine.operand, scaled, shifted, {});
  return rebuild(view, nodes, node, affine.operand, scaled, shifted, {}, { perm, name: transpose.name });
}

/** w·(s·x + t) + b as (w·s)·x + (b + Σ w·t). */
function absorb(
  node: Node,
  weight: Tensor,
  bias: Tensor | undefined,
  affine: ChannelAffine,
): { scaled: Tensor; shifted: Float32Array } {
  const channels = weight.shape[outputAxis[node.op]];
  const depthwise = node.op === 'DepthwiseConv2d';
  const depth = depthwise ? 1 : weight.shape[weight.shape.length - 1];
  const groups = depthwise ? affine.channels : ((node.attrs.group as number | undefined) ?? 1);
  const inputs = Array.from({ length: groups * depth }, (_, c) => c);
  const scale = Float64Array.from(inputs, (c) => channelValue(affine.scale, c));
  const shift = Float64Array.from(inputs, (c) => channelValue(affine.shift, c));
  const data = weight.data as Float32Array;
  const scaled = new Float32Array(data.length);
  const sums = new Float64Array(channels);
  eachChannelRun(weight, outputAxis[node.op], (o, from, to) => {
    const first = Math.floor((o * groups) / channels) * depth;
    for (let i = from, c = 0; i < to; i++, c = c + 1 === depth ? 0 : c + 1) {
      scaled[i] = data[i] * scale[first + c];
      sums[o] += data[i] * shift[first + c];
    }
  });
  const old = bias?.data as Float32Array | undefined;
  return {
    scaled: tensor('float32', weight.shape, scaled),
    shifted: Float32Array.from(sums, (t, o) => t + (old?.[o] ?? 0)),
  };
}

function rebuild(
  view: GraphView,
  nodes: Node[],
  linear: Node,
  input: ValueId | undefined,
  weight: Tensor,
  bias: Float32Array,
  clamp: Attrs,
  across?: { perm: readonly number[]; name: string },
): Patch | undefined {
  if (!allFinite(weight.data as Float32Array) || !allFinite(bias)) return undefined;
  const patch = view.patch('fold-affine', ...nodes);
  const x = across ? patch.add('Transpose', [input], { perm: across.perm }, across.name)[0] : input;
  const w = patch.constant(`${linear.name}.weight`, weight);
  const b = patch.constant(`${linear.name}.bias`, tensor('float32', [bias.length], bias));
  const [y] = patch.add(linear.op, [x, w, b], { ...linear.attrs, ...clamp }, linear.name);
  patch.replace(nodes[nodes.length - 1].outputs[0], y);
  return patch.build();
}
