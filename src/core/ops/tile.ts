import { defineOp } from '../define-op.ts';
import { stridesOf, type Tensor } from '../tensor.ts';
import { attributeError, movementPorts, permuteList, reshaped } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { stridedCopy } from './strided-copy.ts';

export const tile = defineOp({
  name: 'Tile',
  summary: 'Repeats the whole input along each axis.',
  source: 'ONNX Tile-13',
  ...movementPorts,
  attrs: { repeats: { kind: 'ints' } },
  infer([x], { repeats }) {
    const input = operand(x, 'x');
    if (repeats.length !== input.shape.length || repeats.some((r) => r < 0)) {
      throw attributeError('one repeat an axis is needed', `${input.shape.length} repeats`, `${repeats}`);
    }
    const shape = input.shape.map((d, i) => d * repeats[i]);
    return [reshaped(input, shape)];
  },
  evaluate([x], { repeats }, [y]) {
    const input = x as Tensor;
    const strides = stridesOf(input.shape).flatMap((s) => [0, s]);
    const shape = input.shape.flatMap((d, i) => [repeats[i], d]);
    stridedCopy(input.data, y.data, shape, strides);
  },
  quantize: { kind: 'same-scale' },
  permute: (a, perm) => ({ repeats: permuteList(a.repeats, perm) }),
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [2, 3])], attrs: { repeats: [2, 3] } },
    { inputs: [randomFloat(random, [5])], attrs: { repeats: [1] } },
    { inputs: [randomFloat(random, [1, 2, 1, 3, 2])], attrs: { repeats: [2, 1, 3, 1, 2] } },
  ],
});
