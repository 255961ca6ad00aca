import { sameQuant } from '../../core/index.ts';
import type { Node, Patch, ValueId } from '../graph/index.ts';
import { localPass } from './driver.ts';
import { type GraphView, intsAttr } from './graph-view.ts';
import { identityOf } from './permutation.ts';

/** What an op that slides a window reads outside of its input. */
const outside: Readonly<Record<string, number>> = {
  Conv2d: 0,
  DepthwiseConv2d: 0,
  MaxPool2d: Number.NEGATIVE_INFINITY,
};

/** A constant Pad of height and width before a window becomes its pads, also across a transpose. */
export const fusePad = localPass('fuse-pad', (node, view) => {
  if (!(node.op in outside)) return undefined;
  const x = node.inputs[0] as ValueId;
  const transpose = view.maker(x, 'Transpose');
  const pad = view.maker(transpose?.inputs[0] ?? x, 'Pad');
  if (!pad || !sameQuant(view.type(pad.inputs[0] as ValueId).quant, view.type(x).quant)) return undefined;
  if (pad.attrs.mode !== 'constant' || pad.attrs.value !== outside[node.op]) return undefined;
  const perm = transpose ? intsAttr(transpose.attrs, 'perm') : identityOf(4);
  return fuse(node, pad, transpose, perm, view);
});

function fuse(
  node: Node,
  pad: Node,
  transpose: Node | undefined,
  perm: readonly number[],
  view: GraphView,
): Patch | undefined {
  const given = intsAttr(pad.attrs, 'pads');
  const begins = perm.map((axis) => given[axis]);
  const ends = perm.map((axis) => given[axis + perm.length]);
  const spatial = [begins[1], begins[2], ends[1], ends[2]];
  if ([begins[0], begins[3], ends[0], ends[3]].some((p) => p !== 0) || spatial.some((p) => p < 0))
    return undefined;
  const pads = intsAttr(node.attrs, 'pads').map((p, i) => p + spatial[i]);
  const patch = view.patch('fuse-pad', node, pad);
  const source = pad.inputs[0];
  const input = transpose
    ? patch.add('Transpose', [source], { perm }, transpose.name, view.type(transpose.outputs[0]).quant)[0]
    : source;
  const { quant } = view.type(node.outputs[0]);
  const [y] = patch.add(node.op, [input, ...node.inputs.slice(1)], { ...node.attrs, pads }, node.name, quant);
  patch.replace(node.outputs[0], y);
  return patch.build();
}
