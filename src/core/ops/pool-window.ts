import type { Random } from '../random.ts';
import type { TensorType } from '../tensor.ts';
import { operand, windowAttrs, windowOutput } from './spatial.ts';

export const poolAttrs = {
  kernel: { kind: 'ints', length: 2 },
  strides: windowAttrs.strides,
  pads: windowAttrs.pads,
  ceilMode: { kind: 'bool', default: false },
} as const;

export interface Pool {
  kernel: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
  ceilMode: boolean;
  dilations?: readonly number[];
}

export function inferPool(x: TensorType | undefined, pool: Pool): TensorType[] {
  const input = operand(x, 'x', 4);
  const window = { ...pool, dilations: pool.dilations ?? [1, 1] };
  const [oh, ow] = windowOutput(input.shape, pool.kernel, window, pool.ceilMode);
  return [{ dtype: input.dtype, shape: [input.shape[0], oh, ow, input.shape[3]] }];
}

/** The part of one window along one axis: [first, last) in the input, and how long it is with its pads. */
export interface Span {
  first: number;
  last: number;
  padded: number;
}

export function spanOf(out: number, axis: 0 | 1, pool: Pool, size: number): Span {
  const start = out * pool.strides[axis] - pool.pads[axis];
  const end = Math.min(start + pool.kernel[axis], size + pool.pads[axis + 2]);
  return { first: Math.max(start, 0), last: Math.min(end, size), padded: end - start };
}

export function poolSamples(random: Random): { x: number[]; a: Record<string, number[] | boolean> }[] {
  const c = random.int(1, 70);
  return [
    { x: [1, 4, 4, c], a: { kernel: [2, 2], strides: [2, 2] } },
    { x: [2, 7, 5, 3], a: { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } },
    { x: [1, 6, 6, 16], a: { kernel: [3, 2], strides: [2, 2], ceilMode: true } },
    { x: [1, 5, 7, 5], a: { kernel: [5, 7] } },
  ];
}
