import type { TensorType } from '../../../src/core/index.ts';
import type { Malformed } from '../malformed.ts';
import { held, int8, operator, real, window } from '../tflite-file.ts';

const vector = (scale: number[], zero?: number[], axis?: number): Uint8Array =>
  operator('RELU', [int8([4], scale, zero, axis)], int8([4], [1]));
const integerConv = (weight: TensorType, bias?: TensorType): Uint8Array =>
  operator(
    'CONV_2D',
    [int8([1, 5, 5, 2], [0.1]), held(weight), ...(bias ? [held(bias)] : [])],
    int8([1, 3, 3, 3], [0.1]),
    window(1),
  );
const weights = (scale: number[], axis?: number, zero?: number[]): TensorType =>
  int8([3, 3, 3, 2], scale, zero, axis);

export const quantisation: readonly Malformed[] = [
  ['a bias of reals', 'E_TENSOR_DTYPE', integerConv(weights([1]), real(3)), 'y0'],
  [
    'integers without a scale added',
    'E_TENSOR_DTYPE',
    operator(
      'ADD',
      [
        { dtype: 'int8', shape: [4] },
        { dtype: 'int8', shape: [4] },
      ],
      { dtype: 'int8', shape: [4] },
    ),
    'y0',
  ],
  ['a scale that is NaN', 'E_NUMERICS_SCALE', vector([Number.NaN]), 'x0'],
  ['a scale of zero', 'E_NUMERICS_SCALE', vector([0]), 'x0'],
  ['a negative scale', 'E_NUMERICS_SCALE', vector([-1]), 'x0'],
  ['an infinite scale', 'E_NUMERICS_SCALE', vector([Number.POSITIVE_INFINITY]), 'x0'],
  ['a zero point outside', 'E_NUMERICS_SCALE', vector([1], [200]), 'x0'],
  ['a zero point of 2^40', 'E_NUMERICS_SCALE', vector([1], [2 ** 40]), 'x0'],
  ['scales for each channel of an activation', 'E_NUMERICS_SCALE', vector([1, 1, 1, 1], undefined, 0), 'x0'],
  ['too few scales for the channels', 'E_NUMERICS_SCALE', vector([0.5, 0.5], undefined, 0), 'x0'],
  [
    'weights of an infinite scale',
    'E_NUMERICS_SCALE',
    integerConv(weights([Number.POSITIVE_INFINITY])),
    'c1',
  ],
  ['weights of a negative scale among others', 'E_NUMERICS_SCALE', integerConv(weights([1, -1, 1], 0)), 'c1'],
  ['weights of two scales for three channels', 'E_NUMERICS_SCALE', integerConv(weights([1, 1], 0)), 'c1'],
  ['weights of scales along an axis outside', 'E_NUMERICS_SCALE', integerConv(weights([1, 1, 1], 9)), 'c1'],
  ['weights of scales along axis −1', 'E_NUMERICS_SCALE', integerConv(weights([1, 1, 1], -1)), 'c1'],
  ['weights of scales along their rows', 'E_OP_UNSUPPORTED', integerConv(weights([1, 1, 1], 1)), 'y0'],
  ['weights without a scale', 'E_NUMERICS_SCALE', integerConv({ dtype: 'int8', shape: [3, 3, 3, 2] }), 'y0'],
  ['a scale beyond the formulas', 'E_NUMERICS_SCALE', integerConv(weights([1e30])), 'y0'],
  [
    'an output of no scale',
    'E_OP_UNSUPPORTED',
    operator('QUANTIZE', [real(4)], { dtype: 'int8', shape: [4] }),
    'y0',
  ],
];
