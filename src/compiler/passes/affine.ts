import { sameShape, type Tensor } from '../../core/index.ts';
import type { Node, ValueId } from '../graph/index.ts';
import type { GraphView } from './graph-view.ts';
import { permuted, toRank } from './permutation.ts';

/** scale·operand + shift for each index of the last axis; lists of one entry hold for all. */
export interface ChannelAffine {
  readonly operand: ValueId;
  readonly channels: number;
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

export const channelValue = (list: readonly number[], channel: number): number =>
  list[list.length === 1 ? 0 : channel];

/**
 * A node read as an affine map of channels: Add, Sub, Mul or Div with a constant that varies along one axis at most:
 * the last one, or the one that `perm` moves there.
 */
export function affineOf(node: Node, view: GraphView, perm?: readonly number[]): ChannelAffine | undefined {
  if (!['Add', 'Sub', 'Mul', 'Div'].includes(node.op)) return undefined;
  const [a, b] = node.inputs as [ValueId, ValueId];
  const right = view.constant(b);
  const constant = right ?? view.constant(a);
  const operand = right ? a : b;
  if (!constant || constant.dtype !== 'float32' || (!right && node.op === 'Div')) return undefined;
  const shape = view.shape(operand);
  if (!sameShape(shape, view.shape(node.outputs[0]))) return undefined;
  const values = channelList(constant, shape.length, perm);
  if (!values) return undefined;
  const channels = shape[perm ? perm[shape.length - 1] : shape.length - 1];
  return { operand, channels, ...coefficients(node.op, values, right === undefined) };
}

function channelList(
  constant: Tensor,
  rank: number,
  perm: readonly number[] | undefined,
): number[] | undefined {
  const full = toRank(constant.shape, rank);
  const shape = perm ? permuted(full, perm) : full;
  return shape.slice(0, -1).every((d) => d === 1) ? Array.from(constant.data as Float32Array) : undefined;
}

function coefficients(op: string, values: number[], reversed: boolean): { scale: number[]; shift: number[] } {
  if (op === 'Mul') return { scale: values, shift: [0] };
  if (op === 'Div') return { scale: values.map((v) => 1 / v), shift: [0] };
  if (op === 'Add') return { scale: [1], shift: values };
  return reversed ? { scale: [-1], shift: values } : { scale: [1], shift: values.map((v) => -v) };
}
