import { defineOp } from '../define-op.ts';
import { stridesOf, type Tensor } from '../tensor.ts';
import { attributeError, movementPorts, reshaped } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { stridedCopy } from './strided-copy.ts';

export const expand = defineOp({
  name: 'Expand',
  summary: 'Repeats axes of length 1 up to a shape.',
  source: 'ONNX Expand-13, shape resolved',
  ...movementPorts,
  attrs: { shape: { kind: 'ints' } },
  infer([x], { shape }) {
    const input = operand(x, 'x');
    const offset = shape.length - input.shape.length;
    if (offset < 0 || input.shape.some((d, i) => d !== 1 && d !== shape[i + offset])) {
      throw attributeError('the input does not expand to the shape', `[${input.shape}]`, `[${shape}]`);
    }
    return [reshaped(input, shape)];
  },
  evaluate([x], { shape }, [y]) {
    const input = x as Tensor;
    const offset = shape.length - input.shape.length;
    const own = stridesOf(input.shape);
    const strides = shape.map((_, i) => (i < offset || input.shape[i - offset] === 1 ? 0 : own[i - offset]));
    stridedCopy(input.data, y.data, shape, strides);
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [3, 1])], attrs: { shape: [2, 3, 4] } },
    { inputs: [randomFloat(random, [])], attrs: { shape: [5] } },
    { inputs: [randomFloat(random, [1, 2, 1, 3, 1])], attrs: { shape: [2, 2, 1, 3, 4] } },
  ],
});
