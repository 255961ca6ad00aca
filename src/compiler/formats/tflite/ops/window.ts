import { type Tensor, tensor } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import { code, type Operator, typeOf, unsupported } from '../import-context.ts';
import { optionTables, padding, samePads } from '../schema.ts';
import type { Emitter, TensorIndex } from '../write/emitter.ts';
import { options } from '../write/model-writer.ts';

/** Pads of an operator whose first option is its padding. */
export function padsOf(
  op: Operator,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const scheme = code(op, 0);
  if (scheme === padding.valid) return [...kernel, ...kernel].fill(0);
  if (scheme !== padding.same) throw unsupported(op, `padding ${scheme}`);
  return samePads(typeOf(op, 0).shape.slice(1, 1 + kernel.length), kernel, strides, dilations);
}

/** An operand ready for a window, and the padding that the operator states. */
export interface Windowed {
  x: TensorIndex;
  code: number;
}

/** What a padding scheme may do: SAME is no choice where pads count; `fill` is what an added border holds. */
export interface PadChoice {
  same?: boolean;
  fill?: number;
}

/** Pads that the windows of a node reach; a negative one is a rest that no window reads. */
export function reachedPads(out: Emitter, node: Node, kernel: readonly number[]): number[] {
  const { strides, pads, dilations = [1, 1] } = node.attrs as unknown as Record<string, readonly number[]>;
  const size = out.type(node.inputs[0]).shape.slice(1, 3);
  const made = out.type(node.outputs[0]).shape.slice(1, 3);
  const after = [0, 1].map(
    (i) => (made[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - size[i] - pads[i],
  );
  return [pads[0], pads[1], ...after];
}

/** Brings operand 0 of a node to padding SAME or VALID, with an operator that adds a border where neither fits. */
export function intoWindow(
  out: Emitter,
  node: Node,
  kernel: readonly number[],
  { same = true, fill }: PadChoice = {},
): Windowed {
  const x = out.operand(node, 0);
  const { strides, dilations = [1, 1] } = node.attrs as unknown as Record<string, readonly number[]>;
  const reached = reachedPads(out, node, kernel).map((p) => Math.max(0, p));
  if (reached.every((p) => p === 0)) return { x, code: padding.valid };
  const { shape } = out.typeOf(x);
  const wanted = samePads(shape.slice(1, 3), kernel, strides, dilations);
  const sized = [0, 1].every(
    (i) => out.type(node.outputs[0]).shape[1 + i] === Math.ceil(shape[1 + i] / strides[i]),
  );
  if (same && sized && wanted.every((p, i) => p === reached[i])) return { x, code: padding.same };
  return { x: border(out, x, reached, fill), code: padding.valid };
}

function border(out: Emitter, x: TensorIndex, pads: readonly number[], fill?: number): TensorIndex {
  const { shape, ...type } = out.typeOf(x);
  const [top, left, bottom, right] = pads;
  const pairs = out.constant('paddings', tensor('int32', [4, 2], [0, 0, top, bottom, left, right, 0, 0]));
  const padded = { ...type, shape: [shape[0], shape[1] + top + bottom, shape[2] + left + right, shape[3]] };
  if (fill === undefined) return out.emit('PAD', [x, pairs], padded, options(optionTables.pad));
  const value: Tensor = tensor(type.dtype, [], [fill], type.quant);
  return out.emit('PADV2', [x, pairs, out.constant('fill', value)], padded, options(optionTables.padV2));
}
