import { defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { numbers, type Tensor, tensor } from '../tensor.ts';
import { operand } from './spatial.ts';

export const lookup = defineOp({
  name: 'Lookup',
  summary:
    'The place of each element in a list of keys, the first of equal ones; −1 where it is none of them.',
  source: 'the search of ONNX ai.onnx.ml LabelEncoder-4',
  inputs: [
    { name: 'x', dtypes: ['float32', 'int32'] },
    { name: 'keys', dtypes: ['float32', 'int32'], constant: true, unbounded: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int32'] }],
  attrs: {},
  infer([x, keys]) {
    const [input, list] = [operand(x, 'x'), operand(keys, 'keys', 1)];
    if (input.dtype === list.dtype) return [{ dtype: 'int32', shape: input.shape }];
    throw new EdgecError('E_TENSOR_DTYPE', 'keys are of another type than what is looked up', {
      expected: input.dtype,
      found: list.dtype,
      where: 'keys',
    });
  },
  evaluate([x, keys], _, [y]) {
    const places = new Map<number, number>();
    numbers(keys as Tensor).forEach((key, i) => {
      if (!places.has(key)) places.set(key, i);
    });
    numbers(x as Tensor).forEach((v, i) => {
      y.data[i] = places.get(v) ?? -1;
    });
  },
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [
        tensor(
          'int32',
          [3, 7],
          Int32Array.from({ length: 21 }, () => random.int(-4, 4)),
        ),
        tensor('int32', [5], [3, -2, 0, 3, 4]),
      ],
      attrs: {},
    },
    {
      inputs: [
        tensor('float32', [6], [0.5, -0, 2, Number.NaN, Number.POSITIVE_INFINITY, 0.25]),
        tensor('float32', [4], [0, 0.5, Number.POSITIVE_INFINITY, 0.5]),
      ],
      attrs: {},
    },
    { inputs: [tensor('int32', [2], [1, 2]), tensor('int32', [0], [])], attrs: {} },
  ],
});
