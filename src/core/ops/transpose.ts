import { defineOp } from '../define-op.ts';
import { stridesOf, type Tensor, tensor } from '../tensor.ts';
import { checkPermutation, movementPorts, permuteList, reshaped } from './movement.ts';
import { randomFloat, randomInt8, randomInt16 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { stridedCopy } from './strided-copy.ts';

/** `t` with its axes permuted: axis i of the result is axis perm[i] of `t`. Parameters of an axis follow it. */
export function transposeTensor(t: Tensor, perm: readonly number[]): Tensor {
  const quant = t.quant?.axis === undefined ? t.quant : { ...t.quant, axis: perm.indexOf(t.quant.axis) };
  const result = tensor(t.dtype, permuteList(t.shape, perm), undefined, quant);
  stridedCopy(t.data, result.data, result.shape, permuteList(stridesOf(t.shape), perm));
  return result;
}

export const transpose = defineOp({
  name: 'Transpose',
  summary: 'Axis i of the output is axis perm[i] of the input.',
  source: 'ONNX Transpose-13',
  ...movementPorts,
  attrs: { perm: { kind: 'ints' } },
  infer([x], { perm }) {
    const input = operand(x, 'x');
    checkPermutation(perm, input.shape.length);
    const { dtype, quant } = input;
    const shape = permuteList(input.shape, perm);
    if (quant?.axis === undefined) return [reshaped(input, shape)];
    return [{ dtype, shape, quant: { ...quant, axis: perm.indexOf(quant.axis) } }];
  },
  evaluate([x], { perm }, [y]) {
    const input = x as Tensor;
    stridedCopy(input.data, y.data, y.shape, permuteList(stridesOf(input.shape), perm));
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [1, 5, 4, 3])], attrs: { perm: [0, 3, 1, 2] } },
    { inputs: [randomInt8(random, [9])], attrs: { perm: [0] } },
    { inputs: [randomInt16(random, [3, 5, 2])], attrs: { perm: [2, 0, 1] } },
    { inputs: [randomFloat(random, [7, 3])], attrs: { perm: [1, 0] } },
    { inputs: [randomFloat(random, [2, 3, 1, 4, 5])], attrs: { perm: [4, 2, 0, 1, 3] } },
  ],
});
