import { broadcastShape, elementCount, type Tensor } from '../tensor.ts';

/** Strides of an operand inside a broadcast shape: 0 where it repeats. */
function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = new Array<number>(target.length).fill(0);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1) strides[i + target.length - shape.length] = step;
    step *= shape[i];
  }
  return strides;
}

/** Index of the operand's element for each element of `target`. */
export function broadcastIndex(shape: readonly number[], target: readonly number[]): Int32Array {
  const strides = broadcastStrides(shape, target);
  const index = new Int32Array(elementCount(target));
  const at = new Array<number>(target.length).fill(0);
  let offset = 0;
  for (let i = 0; i < index.length; i++) {
    index[i] = offset;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      at[axis]++;
      offset += strides[axis];
      if (at[axis] < target[axis]) break;
      offset -= strides[axis] * target[axis];
      at[axis] = 0;
    }
  }
  return index;
}

/** Applies `f` to the stored numbers of two broadcast operands. */
export function applyBinary(a: Tensor, b: Tensor, y: Tensor, f: (a: number, b: number) => number): void {
  const ad = a.data as Float32Array;
  const bd = b.data as Float32Array;
  const yd = y.data as Float32Array;
  if (ad.length === yd.length && bd.length === yd.length) {
    for (let i = 0; i < yd.length; i++) yd[i] = f(ad[i], bd[i]);
    return;
  }
  const shape = broadcastShape(a.shape, b.shape);
  const ai = broadcastIndex(a.shape, shape);
  const bi = broadcastIndex(b.shape, shape);
  for (let i = 0; i < yd.length; i++) yd[i] = f(ad[ai[i]], bd[bi[i]]);
}
