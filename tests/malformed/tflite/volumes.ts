import { byte, float, int, options } from '../../../src/compiler/formats/tflite/write/model-writer.ts';
import type { TensorType } from '../../../src/core/index.ts';
import type { Malformed } from '../malformed.ts';
import { held, ints, type Operand, operator, real, row } from '../tflite-file.ts';

const conv3d = (
  builtin: string,
  weight: TensorType,
  strides: number[],
  size: Operand | undefined = undefined,
) =>
  operator(
    builtin,
    size === undefined ? [real(1, 4, 4, 4, 2), held(weight)] : [size, held(weight), real(1, 4, 4, 4, 2)],
    real(1, 4, 4, 4, 3),
    options(106, byte(0), ...strides.map(int), byte(0), int(1), int(1), int(1)),
  );

export const volumes: readonly Malformed[] = [
  ['a volume of strides of zero', 'E_OP_ATTRIBUTE', conv3d('CONV_3D', real(2, 2, 2, 2, 3), [0, 1, 1]), 'y0'],
  [
    'a volume of rows of strides of zero',
    'E_OP_ATTRIBUTE',
    conv3d('CONV_3D', real(2, 2, 2, 2, 3), [1, 1, 0]),
    'y0',
  ],
  [
    'a volume of negative strides',
    'E_OP_ATTRIBUTE',
    conv3d('CONV_3D', real(2, 2, 2, 2, 3), [-1, 1, 1]),
    'y0',
  ],
  [
    'a volume of weights of other channels',
    'E_OP_ATTRIBUTE',
    conv3d('CONV_3D', real(2, 2, 2, 5, 3), [1, 1, 1]),
    'y0',
  ],
  ['a volume of weights of four axes', 'E_OP_SHAPE', conv3d('CONV_3D', real(2, 2, 2, 3), [1, 1, 1]), 'y0'],
  [
    'a volume of weights without planes',
    'E_OP_SHAPE',
    conv3d('CONV_3D', real(0, 2, 2, 2, 3), [1, 1, 1]),
    'y0',
  ],
  [
    'a spread volume of 2^31 − 1 planes',
    'E_LIMIT_EXCEEDED',
    conv3d('CONV_3D_TRANSPOSE', real(2, 2, 2, 3, 2), [1, 1, 1], ints(1, 2 ** 31 - 1, 4, 4, 3)),
    'y0',
  ],
  [
    'a spread volume of −4 planes',
    'E_OP_ATTRIBUTE',
    conv3d('CONV_3D_TRANSPOSE', real(2, 2, 2, 3, 2), [1, 1, 1], ints(1, -4, 4, 4, 3)),
    'y0',
  ],
  [
    'a spread volume of strides of zero',
    'E_OP_ATTRIBUTE',
    conv3d('CONV_3D_TRANSPOSE', real(2, 2, 2, 3, 2), [0, 1, 1], ints(1, 4, 4, 4, 3)),
    'y0',
  ],
  [
    'a spread volume of strides of 2^31 − 1',
    'E_LIMIT_EXCEEDED',
    conv3d('CONV_3D_TRANSPOSE', real(2, 2, 2, 3, 2), [2 ** 31 - 1, 1, 1], ints(1, 4, 4, 4, 3)),
    'y0',
  ],
  [
    'sequences longer than they are',
    'E_OP_UNSUPPORTED',
    operator('REVERSE_SEQUENCE', [row, ints(9)], row, options(87, int(1), int(0))),
    'y0',
  ],
  [
    'sequences along no axis',
    'E_OP_ATTRIBUTE',
    operator('REVERSE_SEQUENCE', [row, ints(3)], row, options(87, int(7), int(0))),
    'y0',
  ],
  [
    'reals in forty bits',
    'E_OP_UNSUPPORTED',
    operator('FAKE_QUANT', [row], row, options(58, float(-1), float(1), int(40), byte(0))),
    'y0',
  ],
  [
    'reals between NaN and 1',
    'E_OP_UNSUPPORTED',
    operator('FAKE_QUANT', [row], row, options(58, float(Number.NaN), float(1), int(8), byte(0))),
    'y0',
  ],
];
