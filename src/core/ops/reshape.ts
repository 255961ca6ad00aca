import { defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { movementPorts, reshaped } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

export const reshape = defineOp({
  name: 'Reshape',
  summary: 'The same elements under another shape.',
  source: 'ONNX Reshape-14, shape resolved',
  ...movementPorts,
  attrs: { shape: { kind: 'ints' } },
  infer([x], { shape }) {
    const input = operand(x, 'x');
    const type = reshaped(input, shape);
    if (elementCount(shape) !== elementCount(input.shape)) {
      throw new EdgecError('E_OP_SHAPE', 'the shapes have different sizes', {
        expected: `[${input.shape}]`,
        found: `[${shape}]`,
      });
    }
    return [type];
  },
  evaluate([x], _, [y]) {
    (y.data as Float32Array).set((x as Tensor).data as Float32Array);
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [2, 3, 4])], attrs: { shape: [6, 4] } },
    { inputs: [randomFloat(random, [1, 1, 1])], attrs: { shape: [] } },
    { inputs: [randomFloat(random, [30])], attrs: { shape: [1, 5, 2, 1, 3] } },
  ],
});
