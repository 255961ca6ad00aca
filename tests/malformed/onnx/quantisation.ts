import type { Malformed } from '../malformed.ts';
import { type Attributes, constant, image, input, node, type Operand, real, row } from '../onnx-file.ts';

/** Quantises x with a scale and zero point, in one node. */
const quantized = (
  scale: readonly number[],
  zero: readonly number[] = scale.map(() => 0),
  attributes: Attributes = {},
) =>
  node(
    'QuantizeLinear',
    [
      input([2, 3]),
      real(scale.length === 1 ? [] : [scale.length], scale),
      constant('', zero.length === 1 ? [] : [zero.length], zero, 'int8'),
    ],
    attributes,
  );
const restored = (scale: readonly number[], attributes: Attributes = {}) =>
  node(
    'DequantizeLinear',
    [input([2, 3], 'int8'), real(scale.length === 1 ? [] : [scale.length], scale)],
    attributes,
  );
const bytes = (shape: readonly number[]) => constant('', shape, undefined, 'int8');
const one = real([], [0.5]);
const zero = constant('', [], [0], 'int8');
const integerConv = (
  scale: Operand,
  weight: readonly number[] = [2, 2, 3, 3],
  zeros: Operand = zero,
): Uint8Array =>
  node('QLinearConv', [input([1, 2, 5, 5], 'int8'), one, zero, bytes(weight), scale, zeros, one, zero]);

export const quantisation: readonly Malformed[] = [
  ['a scale of zero', 'E_NUMERICS_SCALE', quantized([0]), 'the_node'],
  ['a negative scale', 'E_NUMERICS_SCALE', quantized([-0.5]), 'the_node'],
  ['a scale that is NaN', 'E_NUMERICS_SCALE', quantized([Number.NaN]), 'the_node'],
  ['an infinite scale', 'E_NUMERICS_SCALE', quantized([Number.POSITIVE_INFINITY]), 'the_node'],
  ['one scale of zero among others', 'E_NUMERICS_SCALE', quantized([1, 0, 1]), 'the_node'],
  ['too few scales for the channels', 'E_OP_UNSUPPORTED', quantized([0.1, 0.2]), 'the_node'],
  ['other counts of scales and zero points', 'E_OP_SHAPE', quantized([0.1, 0.2, 0.3], [0, 0]), 'the_node'],
  [
    'scales along an axis outside',
    'E_OP_ATTRIBUTE',
    quantized([1, 1, 1], [0, 0, 0], { axis: { i: 7 } }),
    'the_node',
  ],
  [
    'a scale that is computed',
    'E_OP_UNSUPPORTED',
    node('QuantizeLinear', [row, input([1]), zero]),
    'the_node',
  ],
  ['a zero point of reals', 'E_OP_UNSUPPORTED', node('QuantizeLinear', [row, one, real([])]), 'the_node'],
  ['back: a scale of zero', 'E_NUMERICS_SCALE', restored([0]), 'the_node'],
  ['back: a scale that is NaN', 'E_NUMERICS_SCALE', restored([Number.NaN]), 'the_node'],
  ['back: a negative scale', 'E_NUMERICS_SCALE', restored([-1]), 'the_node'],
  ['back: an axis outside', 'E_OP_ATTRIBUTE', restored([1, 1, 1], { axis: { i: 2 } }), 'the_node'],
  ['back: negative blocks', 'E_OP_UNSUPPORTED', restored([1], { block_size: { i: -1 } }), 'the_node'],
  ['an integer convolution of a scale of zero', 'E_NUMERICS_SCALE', integerConv(real([], [0])), 'the_node'],
  [
    'an integer convolution of too few scales',
    'E_OP_UNSUPPORTED',
    integerConv(real([3], [1, 1, 1]), [2, 2, 3, 3], bytes([3])),
    'the_node',
  ],
  ['an integer convolution of other channels', 'E_OP_SHAPE', integerConv(one, [2, 3, 3, 3]), 'the_node'],
  [
    'an integer convolution without an output scale',
    'E_GRAPH_INVALID',
    node('QLinearConv', [input([1, 2, 5, 5], 'int8'), one, zero, bytes([2, 2, 3, 3]), one, zero]),
    'the_node',
  ],
  [
    'an integer convolution of reals',
    'E_OP_UNSUPPORTED',
    node('QLinearConv', [image, one, zero, bytes([2, 2, 3, 3]), one, zero, one, zero]),
    'the_node',
  ],
  [
    'an integer product of other depths',
    'E_OP_SHAPE',
    node('QLinearMatMul', [input([1, 4], 'int8'), one, zero, bytes([5, 2]), one, zero, one, zero]),
    'the_node',
  ],
];
