import { defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

export const lrn = defineOp({
  name: 'LRN',
  summary: 'x / (bias + alpha / size · Σ x²)^beta over `size` neighbours in the last axis.',
  source: 'ONNX LRN-13, channels last',
  inputs: [{ name: 'x', dtypes: ['float32'] }],
  outputs: [{ name: 'y', dtypes: ['float32'] }],
  attrs: {
    size: { kind: 'int' },
    alpha: { kind: 'float', default: 1e-4 },
    beta: { kind: 'float', default: 0.75 },
    bias: { kind: 'float', default: 1 },
  },
  infer([x], { size }) {
    const { shape } = operand(x, 'x');
    if (shape.length === 0 || size < 1) {
      throw new EdgecError('E_OP_ATTRIBUTE', 'LRN needs a channel axis and a positive size', {
        expected: 'size of 1 or more',
        found: `size ${size} on [${shape}]`,
      });
    }
    return [{ dtype: 'float32', shape }];
  },
  evaluate([x], { size, alpha, beta, bias }, [y]) {
    const xd = x?.data as Float32Array;
    const channels = y.shape.at(-1) as number;
    const before = Math.floor((size - 1) / 2);
    for (let i = 0; i < xd.length; i++) {
      const c = i % channels;
      const last = Math.min(channels - 1, c - before + size - 1);
      let sum = 0;
      for (let k = Math.max(0, c - before); k <= last; k++) sum += xd[i - c + k] ** 2;
      y.data[i] = xd[i] / (bias + (alpha / size) * sum) ** beta;
    }
  },
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) => [
    { inputs: [randomFloat(random, [1, 2, 3, 9])], attrs: { size: 5 } },
    { inputs: [randomFloat(random, [2, 3])], attrs: { size: 4, alpha: 0.5, beta: 0.5, bias: 2 } },
  ],
});
