import { expect, test } from 'vitest';
import { checkOperands, opByName, type TensorType } from '../index.ts';

const float: TensorType = { dtype: 'float32', shape: [1] };
const int8: TensorType = { dtype: 'int8', shape: [1] };
const wide: TensorType = { dtype: 'int64', shape: [1] };

test.each([
  ['Add', [float, float, float], 'E_OP_SHAPE'],
  ['Add', [float], 'E_OP_SHAPE'],
  ['Add', [float, wide], 'E_TENSOR_DTYPE'],
  ['Concat', [], 'E_OP_SHAPE'],
  ['Concat', [float, float, wide], 'E_TENSOR_DTYPE'],
  ['Add', [float, int8], 'E_TENSOR_DTYPE'],
  ['Add', [int8, int8], 'E_TENSOR_DTYPE'],
  ['MatMul', [int8, int8], 'E_TENSOR_DTYPE'],
  ['LogSoftmax', [int8], 'E_TENSOR_DTYPE'],
])('%s refuses operands %j', (name, types, code) => {
  expect(() => checkOperands(opByName(name), types as TensorType[], {})).toThrow(
    expect.objectContaining({ code }),
  );
});

test('optional operands may be left out, variadic ones repeated', () => {
  const image: TensorType = { dtype: 'float32', shape: [1, 3, 3, 1] };
  checkOperands(opByName('Conv2d'), [image, image], {});
  checkOperands(opByName('Concat'), [float, float, float], {});
});
