import { optionTables } from '../../../src/compiler/formats/tflite/schema.ts';
import { byte, float, int, options } from '../../../src/compiler/formats/tflite/write/model-writer.ts';
import type { TensorType } from '../../../src/core/index.ts';
import type { Malformed } from '../malformed.ts';
import { held, image, ints, type Operand, operator, real, row, scalar, window } from '../tflite-file.ts';

const conv = (weight: TensorType, opts = window(1), bias = 3): Uint8Array =>
  operator('CONV_2D', [image, held(weight), held(real(bias))], real(1, 3, 3, 3), opts);
const depthwise = (weight: TensorType, strides = 1): Uint8Array =>
  operator(
    'DEPTHWISE_CONV_2D',
    [image, held(weight), held(real(2))],
    real(1, 3, 3, 2),
    options(optionTables.depthwiseConv2d, byte(1), int(strides), int(1), int(1), byte(0), int(1), int(1)),
  );
const pool = (stride: number, size: number): Uint8Array =>
  operator(
    'MAX_POOL_2D',
    [image],
    real(1, 2, 2, 2),
    options(optionTables.pool2d, byte(1), int(stride), int(1), int(size), int(2), byte(0)),
  );
const dense = (weight: TensorType, bias: TensorType = real(3)): Uint8Array =>
  operator(
    'FULLY_CONNECTED',
    [row, held(weight), held(bias)],
    real(1, 3),
    options(optionTables.fullyConnected, byte(0)),
  );
const moved = (builtin: string, ...rest: readonly Operand[]): Uint8Array =>
  operator(builtin, [row, ...rest], row);

const mirror = (mode: number, pad: number): Uint8Array =>
  operator(
    'MIRROR_PAD',
    [row, held({ dtype: 'int32', shape: [2, 2] }, [0, 0, pad, 0])],
    row,
    options(optionTables.mirrorPad, byte(mode)),
  );

export const operators: readonly Malformed[] = [
  ['a stride of zero', 'E_OP_SHAPE', conv(real(3, 3, 3, 2), window(0)), 'y0'],
  ['a negative stride', 'E_OP_SHAPE', conv(real(3, 3, 3, 2), window(-1)), 'y0'],
  ['a dilation of zero', 'E_OP_SHAPE', conv(real(3, 3, 3, 2), window(1, 0)), 'y0'],
  ['a dilation of 2^31 − 1', 'E_OP_SHAPE', conv(real(3, 3, 3, 2), window(1, 2 ** 31 - 1)), 'y0'],
  ['a stride of zero with padding', 'E_OP_ATTRIBUTE', conv(real(3, 3, 3, 2), window(0, 1, 0)), 'y0'],
  ['an unknown padding', 'E_OP_UNSUPPORTED', conv(real(3, 3, 3, 2), window(1, 1, 9)), 'y0'],
  ['weights of other channels', 'E_OP_ATTRIBUTE', conv(real(3, 3, 3, 5)), 'y0'],
  ['weights of no channels', 'E_OP_ATTRIBUTE', conv(real(3, 3, 3, 0)), 'y0'],
  ['weights of another rank', 'E_OP_SHAPE', conv(real(3, 18)), 'y0'],
  ['a bias of another length', 'E_OP_SHAPE', conv(real(3, 3, 3, 2), window(1), 7), 'bias'],
  ['a window larger than its input', 'E_OP_SHAPE', conv(real(3, 9, 9, 2)), 'y0'],
  [
    'weights that are computed',
    'E_OP_UNSUPPORTED',
    operator('CONV_2D', [image, real(3, 3, 3, 2)], real(1, 3, 3, 3), window(1)),
    'y0',
  ],
  [
    'weights of NaN',
    'E_MODEL_NAN',
    operator('CONV_2D', [image, held(real(1, 1, 1, 2), [1, Number.NaN])], real(1, 5, 5, 1), window(1)),
  ],
  ['depthwise: a stride of zero', 'E_OP_SHAPE', depthwise(real(1, 3, 3, 2), 0), 'y0'],
  ['depthwise: channels that do not divide', 'E_OP_SHAPE', depthwise(real(1, 3, 3, 3)), 'y0'],
  ['depthwise: two rows of weights', 'E_OP_SHAPE', depthwise(real(2, 3, 3, 2)), 'y0'],
  ['a pool of a stride of zero', 'E_OP_SHAPE', pool(0, 2), 'y0'],
  ['a pool of no columns', 'E_OP_SHAPE', pool(1, 0), 'y0'],
  ['a pool of −2 columns', 'E_OP_SHAPE', pool(1, -2), 'y0'],
  ['a pool of 2^31 − 1 columns', 'E_OP_SHAPE', pool(1, 2 ** 31 - 1), 'y0'],
  ['a pool without options', 'E_OP_ATTRIBUTE', operator('MAX_POOL_2D', [image], image), 'y0'],
  [
    'a pool of a row',
    'E_OP_SHAPE',
    operator(
      'AVERAGE_POOL_2D',
      [row],
      row,
      options(optionTables.pool2d, byte(1), int(1), int(1), int(1), int(1)),
    ),
    'y0',
  ],
  ['dense weights of no columns', 'E_OP_SHAPE', dense(real(3, 0)), 'y0'],
  ['dense weights of another depth', 'E_OP_SHAPE', dense(real(3, 5)), 'y0'],
  ['dense weights of one axis', 'E_OP_SHAPE', dense(real(4)), 'y0'],
  ['a dense bias of another length', 'E_OP_SHAPE', dense(real(3, 4), real(2)), 'y0'],
  [
    'a fused activation that nobody knows',
    'E_OP_UNSUPPORTED',
    operator('ADD', [row, row], row, options(optionTables.add, byte(77))),
    'y0',
  ],
  ['shapes that do not broadcast', 'E_OP_SHAPE', operator('ADD', [row, real(3)], row), 'y0'],
  ['a reshape to another size', 'E_OP_SHAPE', moved('RESHAPE', ints(3, 3)), 'y0'],
  ['a mirror wider than its axis', 'E_OP_ATTRIBUTE', mirror(0, 4), 'y0'],
  ['a mirror with its edge wider than its axis', 'E_OP_ATTRIBUTE', mirror(1, 5), 'y0'],
  ['a reshape of two open axes', 'E_OP_SHAPE', moved('RESHAPE', ints(-1, -1)), 'y0'],
  ['a reshape whose product wraps', 'E_OP_SHAPE', moved('RESHAPE', ints(65536, 65536)), 'y0'],
  ['an index outside', 'E_OP_SHAPE', moved('GATHER', ints(9)), '9'],
  ['an index of −9', 'E_OP_SHAPE', moved('GATHER', ints(-9)), '-9'],
  [
    'an axis outside for indices',
    'E_OP_ATTRIBUTE',
    operator('GATHER', [row, ints(0)], row, options(optionTables.gather, int(5))),
    'y0',
  ],
  [
    'a tuple that points outside',
    'E_OP_SHAPE',
    moved('GATHER_ND', held({ dtype: 'int32', shape: [1, 2] }, [0, 9])),
    'y0',
  ],
  ['axes that are no permutation', 'E_OP_ATTRIBUTE', moved('TRANSPOSE', ints(1, 1)), 'y0'],
  ['a permutation of too many axes', 'E_OP_ATTRIBUTE', moved('TRANSPOSE', ints(0, 1, 2)), 'y0'],
  ['a split into no parts', 'E_OP_ATTRIBUTE', operator('SPLIT', [scalar(1), row], []), 'SPLIT'],
  [
    'a split that does not divide',
    'E_OP_ATTRIBUTE',
    operator('SPLIT', [scalar(1), row], [real(1, 1), real(1, 1), real(1, 2)]),
    'y0',
  ],
  [
    'a split along an axis outside',
    'E_OP_ATTRIBUTE',
    operator('SPLIT', [scalar(4), row], [real(1, 2), real(1, 2)]),
    'y0',
  ],
  [
    'parts that do not add up',
    'E_OP_ATTRIBUTE',
    operator('SPLIT_V', [row, ints(3, 3), scalar(1)], [real(1, 3), real(1, 3)]),
    'y0',
  ],
  ['a slice outside', 'E_OP_ATTRIBUTE', moved('SLICE', ints(0, 3), ints(1, 4)), 'y0'],
  ['a slice from −1', 'E_OP_ATTRIBUTE', moved('SLICE', ints(0, -1), ints(1, 1)), 'y0'],
  ['a slice of too few starts', 'E_GRAPH_INVALID', moved('SLICE', ints(0), ints(1)), 'y0'],
  ['a strided slice of no stride', 'E_OP_ATTRIBUTE', moved('STRIDED_SLICE', ints(0), ints(1), ints(0)), 'y0'],
  [
    'a strided slice of too many axes',
    'E_OP_SHAPE',
    moved('STRIDED_SLICE', ints(0, 0, 0), ints(1, 1, 1), ints(1, 1, 1)),
    'y0',
  ],
  ['a border of too few numbers', 'E_GRAPH_INVALID', moved('PAD', ints(1, 1)), 'y0'],
  [
    'a border of 2^31 − 1',
    'E_LIMIT_EXCEEDED',
    moved('PAD', held({ dtype: 'int32', shape: [2, 2] }, [0, 2 ** 31 - 1, 0, 2 ** 31 - 1])),
    'y0',
  ],
  [
    'parts of another rank',
    'E_OP_SHAPE',
    operator('CONCATENATION', [row, real(4)], row, options(optionTables.concatenation, int(1))),
    'y0',
  ],
  ['nothing to join', 'E_GRAPH_INVALID', operator('CONCATENATION', [], row), 'y0'],
  ['tiles that multiply', 'E_LIMIT_EXCEEDED', moved('TILE', ints(65536, 65536)), 'y0'],
  [
    'a fill of 2^40 elements',
    'E_LIMIT_EXCEEDED',
    operator('FILL', [ints(2 ** 20, 2 ** 20), scalar(1, 'float32')], row),
    'y0',
  ],
  [
    'a fill of a negative size',
    'E_OP_ATTRIBUTE',
    operator('FILL', [ints(-4), scalar(1, 'float32')], row),
    'y0',
  ],
  [
    'a range of 2^31 − 1 numbers',
    'E_LIMIT_EXCEEDED',
    operator('RANGE', [scalar(0), scalar(2 ** 31 - 1), scalar(1)], row),
    'y0',
  ],
  [
    'a picture resized to no rows',
    'E_OP_SHAPE',
    operator('RESIZE_BILINEAR', [image, ints(0, 4)], image),
    'y0',
  ],
  [
    'a picture resized to 2^31 − 1 rows',
    'E_OP_ATTRIBUTE',
    operator('RESIZE_NEAREST_NEIGHBOR', [image, ints(2 ** 31 - 1, 4)], image),
    'y0',
  ],
  [
    'blocks of zero',
    'E_OP_ATTRIBUTE',
    operator('DEPTH_TO_SPACE', [image], image, options(optionTables.depthToSpace, int(0))),
    'y0',
  ],
  [
    'blocks that do not divide',
    'E_OP_ATTRIBUTE',
    operator('SPACE_TO_DEPTH', [image], image, options(optionTables.spaceToDepth, int(2))),
    'y0',
  ],
  [
    'batches that blocks do not divide',
    'E_OP_SHAPE',
    operator(
      'BATCH_TO_SPACE_ND',
      [image, ints(2, 2), held({ dtype: 'int32', shape: [2, 2] }, [0, 0, 0, 0])],
      image,
    ),
    'y0',
  ],
  [
    'batches of blocks of zero',
    'E_OP_ATTRIBUTE',
    operator(
      'SPACE_TO_BATCH_ND',
      [image, ints(0, 1), held({ dtype: 'int32', shape: [2, 2] }, [0, 0, 0, 0])],
      image,
    ),
    'y0',
  ],
  ['a mean along an axis outside', 'E_OP_ATTRIBUTE', moved('MEAN', ints(7)), 'y0'],
  ['a mean along an axis of −3', 'E_OP_ATTRIBUTE', moved('MEAN', ints(-3)), 'y0'],
  [
    'more of the greatest than there are',
    'E_OP_ATTRIBUTE',
    operator('TOPK_V2', [row, scalar(9)], [row, row]),
    'y0',
  ],
  [
    'a softmax whose factor is NaN',
    'E_OP_ATTRIBUTE',
    operator('SOFTMAX', [row], row, options(optionTables.softmax, float(Number.NaN))),
    'y0',
  ],
  [
    'parts of a list that are not there',
    'E_OP_ATTRIBUTE',
    operator('UNPACK', [row], [real(4)], options(64, int(1), int(9))),
    'y0',
  ],
  ['matrices of other depths', 'E_OP_SHAPE', operator('BATCH_MATMUL', [row, real(5, 2)], real(1, 2)), 'y0'],
  [
    'a cell without its weights',
    'E_OP_UNSUPPORTED',
    operator('UNIDIRECTIONAL_SEQUENCE_LSTM', [real(1, 3, 4)], real(1, 3, 4)),
    'y0',
  ],
];
