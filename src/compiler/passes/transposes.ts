import { type Attrs, opByName, sameShape, type Tensor, tensor } from '../../core/index.ts';
import { type Graph, type Node, type Patch, type PatchBuilder, valueOf } from '../graph/index.ts';
import type { Pass, PassContext } from './driver.ts';

const permOf = (node: Node): readonly number[] => node.attrs.perm as readonly number[];
const inverse = (perm: readonly number[]): number[] => perm.map((_, i) => perm.indexOf(i));

/** Two transposes in a row are one; one that only moves axes of length 1 is a reshape. */
export const mergeTransposes: Pass = {
  name: 'merge-transposes',
  rewrite(node, { graph, maker, patch }) {
    if (node.op !== 'Transpose') return undefined;
    const [x] = node.inputs;
    const before = maker(x);
    const perm = permOf(node);
    const { type } = valueOf(graph, node.outputs[0]);
    if (before?.op === 'Transpose') {
      const p = patch('merge-transposes', before, node);
      const [y] = p.add('Transpose', [before.inputs[0]], { perm: perm.map((i) => permOf(before)[i]) }, node.name);
      p.replace(node.outputs[0], y);
      return p.build();
    }
    const { shape } = valueOf(graph, x as number).type;
    const long = perm.filter((axis) => shape[axis] !== 1);
    if (perm.every((axis, i) => axis === i) || long.some((axis, i) => i > 0 && axis < long[i - 1])) return undefined;
    const p = patch('transpose-to-reshape', node);
    const [y] = p.add('Reshape', [x], { shape: type.shape }, node.name);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};

/** Two reshapes in a row are one. */
export const mergeReshapes: Pass = {
  name: 'merge-reshapes',
  rewrite(node, { maker, patch }) {
    const before = maker(node.inputs[0]);
    if (node.op !== 'Reshape' || before?.op !== 'Reshape') return undefined;
    const p = patch('merge-reshapes', before, node);
    const [y] = p.add('Reshape', [before.inputs[0]], node.attrs, node.name);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};

/** `constant` as it has to stand beside operands that are no longer transposed by `perm`. */
function untransposed(p: PatchBuilder, name: string, constant: Tensor, perm: readonly number[]): number | undefined {
  if (constant.data.length === 1) return p.constant(name, tensor(constant.dtype, [], constant.data, constant.quant));
  if (constant.shape.length > perm.length || constant.quant?.axis !== undefined) return undefined;
  const full = [...new Array<number>(perm.length - constant.shape.length).fill(1), ...constant.shape];
  const back = inverse(perm);
  const shape = back.map((axis) => full[axis]);
  const moved = tensor(constant.dtype, shape, undefined, constant.quant);
  opByName('Transpose').evaluate([{ ...constant, shape: full }], { perm: back } as never, [moved]);
  return p.constant(name, moved);
}

/** A transpose of all operands moves behind the node. */
function sink(node: Node, context: PassContext): Patch | undefined {
  const { graph, maker, patch } = context;
  const definition = opByName(node.op);
  const moving = node.inputs.map((id) => (id !== undefined && maker(id)?.op === 'Transpose' ? maker(id) : undefined));
  const lead = moving.find((m) => m !== undefined);
  if (!definition.permute || !lead) return undefined;
  const perm = permOf(lead);
  const keepsRank = valueOf(graph, node.outputs[0]).type.shape.length === perm.length;
  const p = patch('sink-transpose', lead, node);
  const inputs = node.inputs.map((id, i) => {
    if (id === undefined) return undefined;
    const transposer = moving[i];
    if (transposer) return sameShape(permOf(transposer), perm) ? transposer.inputs[0] : undefined;
    const { name, constant } = valueOf(graph, id);
    return constant && untransposed(p, name, constant, perm);
  });
  if (inputs.some((id, i) => id === undefined && node.inputs[i] !== undefined)) return undefined;
  const quant = valueOf(graph, node.outputs[0]).type.quant;
  const attrs = definition.permute(node.attrs as never, inverse(perm)) as Attrs;
  if (!keepsRank) return dropRank(node, inputs, attrs, perm, p, graph);
  const outputs = p.add(node.op, inputs, attrs, node.name, quant);
  outputs.forEach((y, i) => {
    p.replace(node.outputs[i], p.add('Transpose', [y], { perm }, `${node.name}.transpose`)[0]);
  });
  return p.build();
}

/** A reduction that drops axes leaves the remaining ones in the order of the input. */
function dropRank(node: Node, inputs: (number | undefined)[], attrs: Attrs, perm: readonly number[], p: PatchBuilder, graph: Graph): Patch | undefined {
  const axes = node.attrs.axes as readonly number[] | undefined;
  if (!axes || node.attrs.keepDims !== false) return undefined;
  const inner = axes.map((axis) => perm[axis]).sort((a, b) => a - b);
  const kept = perm.filter((_, i) => !axes.includes(i));
  const sorted = [...kept].sort((a, b) => a - b);
  const quant = valueOf(graph, node.outputs[0]).type.quant;
  const [y] = p.add(node.op, inputs, { ...attrs, axes: inner }, node.name, quant);
  const order = kept.map((axis) => sorted.indexOf(axis));
  p.replace(node.outputs[0], p.add('Transpose', [y], { perm: order }, `${node.name}.transpose`)[0]);
  return p.build();
}

/** Transposes move towards the outputs, where they meet and cancel. */
export const sinkTransposes: Pass = {
  name: 'sink-transposes',
  rewrite: (node, context) => (node.op === 'Transpose' ? undefined : sink(node, context)),
};

/** A flattened transpose before FullyConnected becomes another order of the weights' columns. */
export const flattenTransposed: Pass = {
  name: 'flatten-transposed',
  rewrite(node, { graph, maker, patch }) {
    const reshape = maker(node.inputs[0]);
    const transpose = maker(reshape?.inputs[0]);
    if (node.op !== 'FullyConnected' || reshape?.op !== 'Reshape' || transpose?.op !== 'Transpose') return undefined;
    const weight = valueOf(graph, node.inputs[1] as number);
    const perm = permOf(transpose);
    const from = valueOf(graph, transpose.inputs[0] as number).type.shape;
    const flat = reshape.attrs.shape as readonly number[];
    if (!weight.constant || perm[0] !== 0 || flat.length !== 2 || flat[0] !== from[0]) return undefined;
    const [outputs] = weight.type.shape;
    const back = inverse(perm.slice(1).map((axis) => axis - 1));
    const spread = perm.slice(1).map((axis) => from[axis]);
    const moved = tensor(weight.type.dtype, [outputs, ...back.map((i) => spread[i])], undefined, weight.type.quant);
    const source = { ...weight.constant, shape: [outputs, ...spread] };
    opByName('Transpose').evaluate([source], { perm: [0, ...back.map((i) => i + 1)] } as never, [moved]);
    const p = patch('flatten-transposed', transpose, node);
    const columns = p.constant(weight.name, { ...moved, shape: weight.type.shape });
    const [x] = p.add('Reshape', [transpose.inputs[0]], { shape: flat }, reshape.name);
    const quant = valueOf(graph, node.outputs[0]).type.quant;
    const [y] = p.add(node.op, [x, columns, node.inputs[2]], node.attrs, node.name, quant);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};
