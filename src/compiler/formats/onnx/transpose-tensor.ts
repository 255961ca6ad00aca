import { elementCount, stridesOf, type Tensor, type TypedArray, tensor } from '../../../core/index.ts';

/** `t` with its axes permuted: axis i of the result is axis perm[i] of `t`. Per-axis parameters follow. */
export function transposeTensor(t: Tensor, perm: readonly number[]): Tensor {
  const shape = perm.map((p) => t.shape[p]);
  const strides = stridesOf(t.shape);
  const steps = perm.map((p) => strides[p]);
  const data = t.data.slice() as TypedArray;
  const index = new Array<number>(shape.length).fill(0);
  const total = elementCount(shape);
  let from = 0;
  for (let to = 0; to < total; to++) {
    data[to] = t.data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < shape[axis]) break;
      from -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  const quant = t.quant?.axis === undefined ? t.quant : { ...t.quant, axis: perm.indexOf(t.quant.axis) };
  return tensor(t.dtype, shape, data, quant);
}
