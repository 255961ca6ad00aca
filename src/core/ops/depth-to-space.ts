import { defineOp } from '../define-op.ts';
import type { Tensor } from '../tensor.ts';
import { attributeError, movementPorts, reshaped } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { stridedCopy } from './strided-copy.ts';

export const depthToSpace = defineOp({
  name: 'DepthToSpace',
  summary: 'Moves blocks of channels into space, channels last.',
  source: 'ONNX DepthToSpace-13 in NHWC; TFLite DEPTH_TO_SPACE is DCR',
  ...movementPorts,
  attrs: { blockSize: { kind: 'int' }, mode: { kind: 'enum', values: ['DCR', 'CRD'], default: 'DCR' } },
  infer([x], { blockSize }) {
    const input = operand(x, 'x', 4);
    const [n, h, w, c] = input.shape;
    if (blockSize < 1 || c % (blockSize * blockSize) !== 0)
      throw attributeError('blockSize does not divide the channels', `a divisor of ${c}`, `${blockSize}²`);
    return [reshaped(input, [n, h * blockSize, w * blockSize, c / (blockSize * blockSize)])];
  },
  evaluate([x], { blockSize: b, mode }, [y]) {
    const { data, shape } = x as Tensor;
    const [n, h, w, c] = shape;
    const depth = c / (b * b);
    const strides =
      mode === 'DCR' ? [h * w * c, w * c, b * depth, c, depth, 1] : [h * w * c, w * c, b, c, 1, b * b];
    stridedCopy(data, y.data, [n, h, b, w, b, depth], strides);
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [2, 1, 1, 3])], attrs: { blockSize: 1 } },
    { inputs: [randomInt8(random, [2, 1, 2, 18])], attrs: { blockSize: 3, mode: 'CRD' } },
    { inputs: [randomInt8(random, [1, 2, 3, 12])], attrs: { blockSize: 2 } },
    { inputs: [randomFloat(random, [1, 2, 3, 12])], attrs: { blockSize: 2, mode: 'CRD' } },
  ],
});
