import { EdgecError } from '../../../../core/index.ts';
import type { NodeImport } from '../node-import.ts';

/** Sliding window of a convolution or pooling in two dimensions. */
export interface Window {
  readonly kernel: [number, number];
  readonly strides: [number, number];
  readonly dilations: [number, number];
  /** Top, left, bottom, right. */
  readonly pads: [number, number, number, number];
}

/** `values` of an attribute, one for each spatial axis of a value of `rank`. Throws E_OP_ATTRIBUTE. */
export function spatialValues(
  node: NodeImport,
  name: string,
  values: readonly number[],
  rank: number,
  unit: number,
): readonly number[] {
  if (values.length !== rank - 2 || values.some((v) => v < unit || v > 2 ** 30)) {
    throw new EdgecError('E_OP_ATTRIBUTE', `attribute '${name}' of ${node.op} is not valid`, {
      expected: `${rank - 2} values of at least ${unit}`,
      found: `[${values}]`,
      where: node.name,
    });
  }
  return values;
}

/** A list of one or two spatial values as two; a signal has height 1. */
function pair(
  node: NodeImport,
  name: string,
  given: readonly number[],
  rank: number,
  unit: number,
): [number, number] {
  const values = spatialValues(node, name, given, rank, unit);
  return rank === 3 ? [Math.min(1, unit), values[0]] : [values[0], values[1]];
}

/** `kernel` is of the weights where there are some; `size` is the height and width of the input. */
export function windowOf(
  node: NodeImport,
  rank: number,
  size: readonly [number, number],
  kernel?: readonly number[],
): Window {
  if (rank !== 3 && rank !== 4) throw node.unsupported(`an operand of rank ${rank}`, 'rank 3 or 4');
  const ones = new Array<number>(rank - 2).fill(1);
  const shape = pair(node, 'kernel_shape', node.attrs.ints('kernel_shape', kernel), rank, 1);
  if (kernel && pair(node, 'kernel_shape', kernel, rank, 1).join() !== shape.join()) {
    throw new EdgecError('E_OP_ATTRIBUTE', `kernel_shape of ${node.op} differs from its weights`, {
      where: node.name,
    });
  }
  const strides = pair(node, 'strides', node.attrs.ints('strides', ones), rank, 1);
  const dilations = pair(node, 'dilations', node.attrs.ints('dilations', ones), rank, 1);
  return {
    kernel: shape,
    strides,
    dilations,
    pads: padsOf(node, rank, size, { kernel: shape, strides, dilations }),
  };
}

function padsOf(
  node: NodeImport,
  rank: number,
  size: readonly [number, number],
  window: Omit<Window, 'pads'>,
): [number, number, number, number] {
  const auto = node.attrs.string('auto_pad', 'NOTSET');
  if (auto === 'VALID') return [0, 0, 0, 0];
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const [[top, bottom], [left, right]] = size.map((_, i) =>
      samePads(size, window, i, auto === 'SAME_LOWER'),
    );
    return [top, left, bottom, right];
  }
  if (auto !== 'NOTSET' && auto !== '') throw node.unsupported(`auto_pad ${auto}`);
  const pads = node.attrs.ints('pads', new Array<number>(2 * (rank - 2)).fill(0));
  const [top, left] = pair(node, 'pads', pads.slice(0, rank - 2), rank, 0);
  const [bottom, right] = pair(node, 'pads', pads.slice(rank - 2), rank, 0);
  return [top, left, bottom, right];
}

/** Pads before and after axis `d` so that every stride-th element is the centre of a window. */
export function samePads(
  size: readonly number[],
  w: Record<'kernel' | 'strides' | 'dilations', readonly number[]>,
  d: number,
  lower: boolean,
): [number, number] {
  const out = Math.ceil(size[d] / w.strides[d]);
  const total = Math.max(0, (out - 1) * w.strides[d] + w.dilations[d] * (w.kernel[d] - 1) + 1 - size[d]);
  const less = Math.floor(total / 2);
  return lower ? [total - less, less] : [less, total - less];
}

/** Height and width of [N, C, H, W] or [N, C, L]. */
export const spatialSize = (shape: readonly number[]): [number, number] =>
  shape.length === 3 ? [1, shape[2]] : [shape[2], shape[3]];
