import { type QuantParams, stridesOf, type Tensor, tensor } from '../../core/index.ts';

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

export function permutedQuant(quant: QuantParams | undefined, perm: Permutation): QuantParams | undefined {
  if (quant?.axis === undefined) return quant;
  return { ...quant, axis: perm.indexOf(quant.axis) };
}

/** The elements of `t` in the order of the permuted axes. */
export function transposed(t: Tensor, perm: Permutation): Tensor {
  const shape = permuted(t.shape, perm);
  const result = tensor(t.dtype, shape, undefined, permutedQuant(t.quant, perm));
  const steps = permuted(stridesOf(t.shape), perm);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.data.length; to++) {
    result.data[to] = t.data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < shape[axis]) break;
      from -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

export const reshaped = (t: Tensor, shape: readonly number[], quant = t.quant): Tensor =>
  tensor(t.dtype, shape, t.data, quant);
