import { EdgecError } from '../errors.ts';
import { type DType, elementCount, type TensorType } from '../tensor.ts';

/** Element types whose bytes an op may move. */
export const movable: readonly DType[] = ['float32', 'int8', 'uint8', 'int32', 'bool'];

const maxElements = 2 ** 31 - 1;

export const attributeError = (message: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_OP_ATTRIBUTE', message, { expected, found });

/** `type` with another shape. Throws where the shape is no shape. */
export function reshaped(type: TensorType, shape: readonly number[]): TensorType {
  if (shape.some((d) => d < 0 || !Number.isInteger(d)))
    throw attributeError('a dimension is negative', '0 or more', `[${shape}]`);
  if (shape.length > 8 || elementCount(shape) > maxElements) {
    throw new EdgecError('E_LIMIT_EXCEEDED', 'a value would be too large', {
      expected: `at most ${maxElements} elements, rank 8`,
      found: `[${shape}]`,
    });
  }
  return type.quant ? { dtype: type.dtype, shape, quant: type.quant } : { dtype: type.dtype, shape };
}

export function checkPermutation(perm: readonly number[], rank: number): void {
  if (perm.length !== rank || new Set(perm).size !== rank || perm.some((p) => p < 0 || p >= rank)) {
    throw attributeError('perm is no permutation of the axes', `the axes 0 to ${rank - 1}`, `${perm}`);
  }
}

/** A list with one entry an axis, in the order of the transposed axes. */
export const permuteList = (list: readonly number[], perm: readonly number[]): number[] =>
  perm.map((p) => list[p]);
