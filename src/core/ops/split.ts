import { defineOp } from '../define-op.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { attributeError, movable, reshaped, withAxis, withLength } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';

export const split = defineOp({
  name: 'Split',
  summary: 'Cuts a value into parts along an axis.',
  source: 'ONNX Split-18, sizes resolved',
  inputs: [{ name: 'x', dtypes: movable }],
  outputs: [{ name: 'ys', dtypes: movable, variadic: true }],
  attrs: { axis: { kind: 'int' }, sizes: { kind: 'ints' } },
  infer([x], { axis, sizes }) {
    const input = withAxis(x, axis);
    const total = sizes.reduce((n, s) => n + s, 0);
    if (sizes.length === 0 || sizes.some((s) => s < 0) || total !== input.shape[axis]) {
      throw attributeError('the sizes do not add up', `${input.shape[axis]}`, `${sizes}`);
    }
    return sizes.map((size) => reshaped(input, withLength(input.shape, axis, size)));
  },
  evaluate([x], { axis }, ys) {
    const { data, shape } = x as Tensor;
    const xd = data as Float32Array;
    const outer = elementCount(shape.slice(0, axis));
    const row = elementCount(shape.slice(axis));
    let at = 0;
    for (const y of ys) {
      const yd = y.data as Float32Array;
      const inner = elementCount(y.shape.slice(axis));
      for (let o = 0; o < outer; o++) yd.set(xd.subarray(o * row + at, o * row + at + inner), o * inner);
      at += inner;
    }
  },
  quantize: { kind: 'same-scale' },
  permute: (a, perm) => ({ axis: perm.indexOf(a.axis), sizes: a.sizes }),
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [2, 5, 3])], attrs: { axis: 1, sizes: [2, 3] } },
    { inputs: [randomFloat(random, [6])], attrs: { axis: 0, sizes: [1, 2, 3] } },
    { inputs: [randomFloat(random, [2, 1, 3, 1, 7])], attrs: { axis: 4, sizes: [7] } },
    { inputs: [randomInt8(random, [1, 4, 4, 6])], attrs: { axis: 3, sizes: [2, 2, 2] } },
  ],
});
