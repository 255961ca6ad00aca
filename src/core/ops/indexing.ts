import { EdgecError } from '../errors.ts';
import { elementCount, stridesOf, type Tensor, type TensorType } from '../tensor.ts';

/** `index` counted from the start of an axis of `length`. Throws E_RUN_INPUT outside of it. */
export function position(index: number, length: number): number {
  const i = index < 0 ? index + length : index;
  if (i >= 0 && i < length) return i;
  throw new EdgecError('E_RUN_INPUT', 'an index is out of range', {
    expected: `${-length} to ${length - 1}`,
    found: `${index}`,
    where: 'indices',
  });
}

/** For every index, the element of a value of `shape` at the index's own place, moved along `axis` to the index. */
export function elementOffsets(indices: Tensor, shape: readonly number[], axis: number): Int32Array {
  const strides = stridesOf(shape);
  const at = shape.map(() => 0);
  return Int32Array.from(indices.data as Int32Array, (index) => {
    let offset = position(index, shape[axis]) * strides[axis];
    for (let i = 0; i < at.length; i++) if (i !== axis) offset += at[i] * strides[i];
    for (let i = at.length - 1; i >= 0; i--) {
      if (++at[i] < indices.shape[i]) break;
      at[i] = 0;
    }
    return offset;
  });
}

/**
 * For every tuple of indices (the last axis), the first element of the slice of `shape` that it names. The first `batch`
 * axes are common to both.
 */
export function sliceOffsets(indices: Tensor, shape: readonly number[], batch: number): Int32Array {
  const width = indices.shape.at(-1) as number;
  const count = elementCount(indices.shape.slice(0, -1));
  const each = count / Math.max(1, elementCount(indices.shape.slice(0, batch)));
  const strides = stridesOf(shape);
  const batchStride = elementCount(shape.slice(batch));
  return Int32Array.from({ length: count }, (_, i) => {
    let offset = Math.floor(i / each) * batchStride;
    for (let k = 0; k < width; k++) {
      const index = (indices.data as Int32Array)[i * width + k];
      offset += position(index, shape[batch + k]) * strides[batch + k];
    }
    return offset;
  });
}

const misfit = (expected: string, indices: TensorType): EdgecError =>
  new EdgecError('E_OP_SHAPE', 'the indices do not fit their operand', {
    expected,
    found: `[${indices.shape}]`,
    where: 'indices',
  });

/** Throws E_OP_SHAPE where indices of single elements leave `x` on another axis than `axis`. */
export function checkElementIndices(x: TensorType, indices: TensorType, axis: number): void {
  const fits =
    indices.shape.length === x.shape.length && indices.shape.every((d, i) => i === axis || d <= x.shape[i]);
  if (!fits) throw misfit(`at most [${x.shape}] but along axis ${axis}`, indices);
}

/** Shape of the slices that tuples of indices pick from `x`. Throws E_OP_SHAPE. */
export function sliceShape(x: TensorType, indices: TensorType, batch: number): number[] {
  const width = indices.shape.at(-1);
  const fits =
    width !== undefined &&
    batch >= 0 &&
    batch < indices.shape.length &&
    batch + width <= x.shape.length &&
    indices.shape.slice(0, batch).every((d, i) => d === x.shape[i]);
  if (!fits) throw misfit(`tuples of at most ${x.shape.length - batch} indices`, indices);
  return x.shape.slice(batch + width);
}
