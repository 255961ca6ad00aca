import type { Pass } from './driver.ts';

/** A border of zeros around height and width joins the pads of the convolution that follows. */
export const fusePad: Pass = {
  name: 'fuse-pad',
  rewrite(node, { maker, onlyReader, patch, graph }) {
    if (node.op !== 'Conv2d' && node.op !== 'DepthwiseConv2d') return undefined;
    const [x, ...rest] = node.inputs;
    const pad = maker(x);
    if (x === undefined || pad?.op !== 'Pad' || pad.attrs.mode !== 'constant' || !onlyReader(x)) return undefined;
    const quant = graph.values.get(x)?.type.quant;
    if (pad.attrs.value !== 0 || (quant && graph.values.get(pad.inputs[0] as number)?.type.quant?.scale[0] !== quant.scale[0])) return undefined;
    const border = pad.attrs.pads as readonly number[];
    const spatial = [border[1], border[2], border[5], border[6]];
    if (border.length !== 8 || [0, 3, 4, 7].some((i) => border[i] !== 0) || spatial.some((p) => p < 0)) return undefined;
    const pads = (node.attrs.pads as readonly number[]).map((p, i) => p + spatial[i]);
    const p = patch('fuse-pad', pad, node);
    const output = graph.values.get(node.outputs[0])?.type.quant;
    const [y] = p.add(node.op, [pad.inputs[0], ...rest], { ...node.attrs, pads }, node.name, output);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};
