import { defineOp } from '../define-op.ts';
import { type DType, type Tensor, tensor } from '../tensor.ts';
import { attributeError, withAxis, withLength } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { alongAxis } from './softmax.ts';

const dtypes: readonly DType[] = ['float32', 'int8', 'int32'];

export const topK = defineOp({
  name: 'TopK',
  summary:
    'The k greatest (or least) values along an axis in order, and their indices; of equal ones the first.',
  source: 'ONNX TopK-11',
  inputs: [{ name: 'x', dtypes }],
  outputs: [
    { name: 'values', dtypes },
    { name: 'indices', dtypes: ['int32'] },
  ],
  attrs: { axis: { kind: 'int' }, k: { kind: 'int' }, largest: { kind: 'bool', default: true } },
  infer([x], { axis, k }) {
    const { dtype, shape } = withAxis(x, axis);
    if (k < 0 || k > shape[axis])
      throw attributeError('k is no count along the axis', `0 to ${shape[axis]}`, `${k}`);
    const picked = withLength(shape, axis, k);
    return [
      { dtype, shape: picked },
      { dtype: 'int32', shape: picked },
    ];
  },
  evaluate([x], { axis, k, largest }, [values, indices]) {
    const { data, shape } = x as Tensor;
    const sign = largest ? -1 : 1;
    const order = Array.from({ length: shape[axis] }, (_, i) => i);
    const inner = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
    let row = 0;
    alongAxis(shape, axis, (first, step) => {
      const at = (i: number): number => Number(data[first + i * step]);
      const ranked = order.toSorted((p, q) => sign * (at(p) - at(q)) || p - q);
      const to = Math.floor(row / inner) * k * inner + (row % inner);
      for (let i = 0; i < k; i++) {
        values.data[to + i * inner] = at(ranked[i]);
        indices.data[to + i * inner] = ranked[i];
      }
      row++;
    });
  },
  quantize: { kind: 'same-scale' },
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [3, 7])], attrs: { axis: 1, k: 3 } },
    { inputs: [randomInt8(random, [2, 9, 3])], attrs: { axis: 1, k: 4, largest: false } },
    { inputs: [tensor('int32', [6], [4, 1, 4, 4, -2, 1])], attrs: { axis: 0, k: 5 } },
    { inputs: [randomFloat(random, [4, 2])], attrs: { axis: 0, k: 4 } },
  ],
});
