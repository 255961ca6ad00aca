import { type Tensor, tensor } from '../../core/index.ts';
import { type Graph, type Node, operandConstants, valueOf } from '../graph/index.ts';
import type { Pass } from './driver.ts';

/** Where the output channels of an op's weights are. */
const channelAxis: Readonly<Record<string, number>> = { Conv2d: 0, DepthwiseConv2d: 3, TransposeConv2d: 0, FullyConnected: 0 };

/** A constant with one entry a channel of the last axis, or one for all. */
function perChannel(constant: Tensor | undefined, channels: number): Float32Array | undefined {
  if (!constant || constant.dtype !== 'float32') return undefined;
  const data = constant.data as Float32Array;
  if (data.length === 1) return new Float32Array(channels).fill(data[0]);
  return data.length === channels && constant.shape.at(-1) === channels ? data : undefined;
}

interface Affine {
  x: number;
  scale: (c: number) => number;
  shift: (c: number) => number;
}

/** y = x · scale + shift for a node that adds, subtracts, multiplies or divides by constants. */
function affineOf(node: Node, graph: Graph): Affine | undefined {
  const constants = operandConstants(graph, node);
  const at = constants[1] ? 1 : constants[0] ? 0 : undefined;
  if (at === undefined) return undefined;
  const x = node.inputs[1 - at] as number;
  const { shape } = valueOf(graph, x).type;
  const k = perChannel(constants[at], shape.at(-1) ?? 0);
  if (!k || valueOf(graph, node.outputs[0]).type.shape.length !== shape.length) return undefined;
  if (node.op === 'Mul') return { x, scale: (c) => k[c], shift: () => 0 };
  if (node.op === 'Add') return { x, scale: () => 1, shift: (c) => k[c] };
  if (node.op === 'Sub') return at === 1 ? { x, scale: () => 1, shift: (c) => -k[c] } : { x, scale: () => -1, shift: (c) => k[c] };
  return node.op === 'Div' && at === 1 ? { x, scale: (c) => 1 / k[c], shift: () => 0 } : undefined;
}

function scaled(weight: Tensor, axis: number, scale: (c: number) => number): Tensor {
  const inner = weight.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const data = (weight.data as Float32Array).map((v, i) => v * scale(Math.floor(i / inner) % weight.shape[axis]));
  return tensor('float32', weight.shape, data);
}

const unclamped = (node: Node): boolean => node.attrs.clampMin === -Infinity && node.attrs.clampMax === Infinity;

/** Constants added to or multiplied with each channel after a layer join its weights and bias; so does batch norm. */
export const foldAffine: Pass = {
  name: 'fold-affine',
  rewrite(node, { graph, maker, onlyReader, patch }) {
    const affine = affineOf(node, graph);
    const layer = affine && maker(affine.x);
    if (!affine || !layer || !(layer.op in channelAxis) || !onlyReader(affine.x) || !unclamped(layer)) return undefined;
    const [, weight, bias] = operandConstants(graph, layer);
    if (weight?.dtype !== 'float32' || (layer.inputs[2] !== undefined && !bias)) return undefined;
    const axis = channelAxis[layer.op];
    const channels = weight.shape[axis];
    const shifted = Float32Array.from({ length: channels }, (_, c) => Number(bias?.data[c] ?? 0) * affine.scale(c) + affine.shift(c));
    const p = patch('fold-affine', layer, node);
    const inputs = [
      layer.inputs[0],
      p.constant(`${layer.name}.weight`, scaled(weight, axis, affine.scale)),
      p.constant(`${layer.name}.bias`, tensor('float32', [channels], shifted)),
    ];
    const clamp = { clampMin: node.attrs.clampMin ?? -Infinity, clampMax: node.attrs.clampMax ?? Infinity };
    const [y] = p.add(layer.op, inputs, { ...layer.attrs, ...clamp }, layer.name);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};
