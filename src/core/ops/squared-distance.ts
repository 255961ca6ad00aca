import { defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

export const squaredDistance = defineOp({
  name: 'SquaredDistance',
  summary: 'The squared distance of every row of x to every point.',
  source: 'kernel RBF of ONNX ai.onnx.ml SVMClassifier-1, before its exponential',
  inputs: [
    { name: 'x', dtypes: ['float32'] },
    { name: 'points', dtypes: ['float32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['float32'] }],
  attrs: {},
  infer([x, points]) {
    const [[rows, columns], [count, width]] = [operand(x, 'x', 2).shape, operand(points, 'points', 2).shape];
    if (columns === width) return [{ dtype: 'float32', shape: [rows, count] }];
    throw new EdgecError('E_OP_SHAPE', 'points are of another width than the input', {
      expected: `${columns}`,
      found: `${width}`,
      where: 'points',
    });
  },
  evaluate([x, points], _, [y]) {
    const [xd, pd] = [(x as Tensor).data as Float32Array, (points as Tensor).data as Float32Array];
    const [count, width] = (points as Tensor).shape;
    for (let i = 0; i < y.data.length; i++) {
      const [a, b] = [Math.floor(i / count) * width, (i % count) * width];
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (xd[a + k] - pd[b + k]) ** 2;
      y.data[i] = sum;
    }
  },
  cost: ([x, points]) => ({ macs: (x?.shape[0] ?? 0) * (points?.shape[0] ?? 0) * (points?.shape[1] ?? 0) }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    [
      [1, 1, 1],
      [3, 5, 7],
      [2, 19, 33],
    ].map(([rows, points, width]) => ({
      inputs: [randomFloat(random, [rows, width]), randomFloat(random, [points, width])],
      attrs: {},
    })),
});
