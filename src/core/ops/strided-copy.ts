import type { TypedArray } from '../tensor.ts';

/** Fills `target` of `shape` in order with the elements of `source` at offset + Σ index · stride. */
export function stridedCopy(
  source: TypedArray,
  target: TypedArray,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): void {
  const s = source as Float32Array;
  const t = target as Float32Array;
  const last = Math.max(0, shape.length - 1);
  const [run, step] = [shape[last] ?? 1, strides[last] ?? 1];
  const at = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let i = 0; i < t.length; ) {
    for (let k = 0, source = from; k < run; k++, i++, source += step) t[i] = s[source];
    for (let axis = last - 1; axis >= 0; axis--) {
      at[axis]++;
      from += strides[axis];
      if (at[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
}
