import { defineOp } from '../define-op.ts';
import type { Tensor } from '../tensor.ts';
import { attributeError, movementPorts, reshaped } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { stridedCopy } from './strided-copy.ts';

export const spaceToDepth = defineOp({
  name: 'SpaceToDepth',
  summary: 'Moves blocks of space into channels, channels last.',
  source: 'ONNX SpaceToDepth-13 in NHWC',
  ...movementPorts,
  attrs: { blockSize: { kind: 'int' } },
  infer([x], { blockSize: b }) {
    const input = operand(x, 'x', 4);
    const [n, h, w, c] = input.shape;
    if (b < 1 || h % b !== 0 || w % b !== 0)
      throw attributeError(
        'blockSize does not divide height and width',
        `a divisor of ${h} and ${w}`,
        `${b}`,
      );
    return [reshaped(input, [n, h / b, w / b, c * b * b])];
  },
  evaluate([x], { blockSize: b }, [y]) {
    const { data, shape } = x as Tensor;
    const [n, h, w, c] = shape;
    stridedCopy(data, y.data, [n, h / b, w / b, b, b, c], [h * w * c, b * w * c, b * c, w * c, c, 1]);
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [1, 4, 6, 3])], attrs: { blockSize: 2 } },
    { inputs: [randomFloat(random, [2, 3, 3, 1])], attrs: { blockSize: 3 } },
  ],
});
