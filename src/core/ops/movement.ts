import type { Port } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { checkShape } from '../limits.ts';
import { type DType, elementCount, type TensorType } from '../tensor.ts';
import { operand } from './spatial.ts';

/** Element types whose bytes an op may move. */
export const movable: readonly DType[] = ['float32', 'int8', 'uint8', 'int16', 'int32', 'bool'];

/** One operand in, one result of the same element type out. */
export const movementPorts: { inputs: readonly Port[]; outputs: readonly Port[] } = {
  inputs: [{ name: 'x', dtypes: movable }],
  outputs: [{ name: 'y', dtypes: movable }],
};

export const attributeError = (message: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_OP_ATTRIBUTE', message, { expected, found });

function checkDimensions(shape: readonly number[]): void {
  if (shape.some((d) => d < 0 || !Number.isInteger(d)))
    throw attributeError('a dimension is negative', '0 or more', `[${shape}]`);
  checkShape(shape);
}

/** Whether `shape` has the channels of `type` where they were: the same length, the same count of rows ahead. */
function keepsChannels(type: TensorType, axis: number, shape: readonly number[]): boolean {
  return (
    axis < shape.length &&
    shape[axis] === type.shape[axis] &&
    elementCount(shape.slice(0, axis)) === elementCount(type.shape.slice(0, axis))
  );
}

/**
 * `type` with another shape. Parameters per channel stay where the channels do.
 * Throws E_OP_ATTRIBUTE, E_LIMIT_EXCEEDED or, for channels that would move, E_NUMERICS_SCALE.
 */
export function reshaped(type: TensorType, shape: readonly number[]): TensorType {
  checkDimensions(shape);
  const { dtype, quant } = type;
  if (!quant) return { dtype, shape };
  if (quant.axis !== undefined && !keepsChannels(type, quant.axis, shape)) {
    throw new EdgecError('E_NUMERICS_SCALE', 'a value quantised per channel loses its channels', {
      expected: `${type.shape[quant.axis]} channels on axis ${quant.axis}`,
      found: `[${shape}]`,
      remedy: 'quantise this value per tensor',
    });
  }
  return { dtype, shape, quant };
}

export function checkPermutation(perm: readonly number[], rank: number): void {
  if (perm.length !== rank || new Set(perm).size !== rank || perm.some((p) => p < 0 || p >= rank)) {
    throw attributeError('perm is no permutation of the axes', `the axes 0 to ${rank - 1}`, `${perm}`);
  }
}

/** The operand `x` that has an axis `axis`. Throws E_OP_SHAPE or E_OP_ATTRIBUTE. */
export function withAxis(type: TensorType | undefined, axis: number): TensorType {
  const input = operand(type, 'x');
  if (axis < 0 || axis >= input.shape.length) {
    throw attributeError('axis is out of range', `0 to ${input.shape.length - 1}`, `${axis}`);
  }
  return input;
}

/** `shape` with `length` on one axis. */
export const withLength = (shape: readonly number[], axis: number, length: number): number[] =>
  shape.map((d, i) => (i === axis ? length : d));

/** A list with one entry an axis, in the order of the transposed axes. */
export const permuteList = (list: readonly number[], perm: readonly number[]): number[] =>
  perm.map((p) => list[p]);
