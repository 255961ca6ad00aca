import { type Tensor, tensor } from '../../core/index.ts';

/** Axis i of the result is axis `perm[i]` of the operand. */
export type Permutation = readonly number[];

export const identityOf = (rank: number): number[] => Array.from({ length: rank }, (_, i) => i);

export const isIdentity = (perm: Permutation): boolean => perm.every((axis, i) => axis === i);

export function invert(perm: Permutation): number[] {
  const inverse = new Array<number>(perm.length);
  perm.forEach((axis, i) => {
    inverse[axis] = i;
  });
  return inverse;
}

/** One permutation for `first`, then `second`. */
export const compose = (first: Permutation, second: Permutation): number[] =>
  second.map((axis) => first[axis]);

export const permuted = (shape: readonly number[], perm: Permutation): number[] =>
  perm.map((axis) => shape[axis]);

/** Whether transposing `shape` leaves the elements in their order: only axes of size 1 move. */
export function keepsOrder(shape: readonly number[], perm: Permutation): boolean {
  const moved = perm.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || moved[i - 1] < axis);
}

/** `shape` with axes of size 1 in front, up to `rank`. */
export const toRank = (shape: readonly number[], rank: number): number[] => [
  ...new Array<number>(Math.max(0, rank - shape.length)).fill(1),
  ...shape,
];

export const reshaped = (t: Tensor, shape: readonly number[], quant = t.quant): Tensor =>
  tensor(t.dtype, shape, t.data, quant);
