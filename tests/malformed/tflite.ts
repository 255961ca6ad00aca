import { encode } from 'flatbuffers/js/flexbuffers.js';
import { optionTables } from '../../src/compiler/formats/tflite/schema.ts';
import { byte, float, int, options } from '../../src/compiler/formats/tflite/write/model-writer.ts';
import type { TensorType } from '../../src/core/index.ts';
import { type Malformed, withoutUtf8, withWords } from './malformed.ts';
import {
  custom,
  held,
  int8,
  ints,
  type Operand,
  operator,
  Places,
  real,
  scalar,
  slot,
  sound,
  wired,
} from './tflite-file.ts';

const row = real(1, 4);
const image = real(1, 5, 5, 2);

/** What the damaged containers are made from. */
export const soundTflite = sound(options(optionTables.fullyConnected, byte(0), byte(0)));
const places = new Places(soundTflite);

/** The sound file with the word at `find` set. */
const with1 = (find: (at: Places) => number, word: number): Uint8Array =>
  withWords(soundTflite, { [find(places)]: word });
const with2 = (find: (at: Places) => number, value: number): Uint8Array => {
  const copy = Uint8Array.from(soundTflite);
  new DataView(copy.buffer).setUint16(find(places), value, true);
  return copy;
};
const with8 = (find: (at: Places) => number, value: number): Uint8Array => {
  const copy = Uint8Array.from(soundTflite);
  copy[find(places)] = value;
  return copy;
};

const { model, subgraph, tensor, code } = slot;
const far = 0x7ffffff0;
const minus1 = 0xffffffff;

const container: Malformed[] = [
  ['half a file', 'E_FORMAT_CORRUPT', soundTflite.subarray(0, soundTflite.length / 2)],
  ['a header alone', 'E_FORMAT_CORRUPT', soundTflite.subarray(0, 8)],
  ['seven bytes', 'E_FORMAT_UNKNOWN', soundTflite.subarray(0, 7)],
  ['a root outside the file', 'E_FORMAT_CORRUPT', withWords(soundTflite, { 0: far })],
  ['a root at the last byte', 'E_FORMAT_CORRUPT', withWords(soundTflite, { 0: soundTflite.length - 1 })],
  ['a root of 2^32 − 4', 'E_FORMAT_CORRUPT', withWords(soundTflite, { 0: 0xfffffffc })],
  ['a root within itself', 'E_FORMAT_CORRUPT', withWords(soundTflite, { 0: 0 })],
  ['a vtable before the file', 'E_FORMAT_CORRUPT', with1((at) => at.root(), far)],
  ['a vtable behind the file', 'E_FORMAT_CORRUPT', with1((at) => at.root(), 0x80000010)],
  ['a vtable that ends outside', 'E_FORMAT_CORRUPT', with2((at) => at.vtable(at.root()), 0xffff)],
  ['a vtable shorter than its head', 'E_FORMAT_CORRUPT', with2((at) => at.vtable(at.root()), 2)],
  ['a vtable of no bytes', 'E_FORMAT_CORRUPT', with2((at) => at.vtable(at.subgraph()), 0)],
  [
    'a field outside the file',
    'E_FORMAT_CORRUPT',
    with2((at) => at.vtable(at.root()) + 4 + 2 * model.subgraphs, 0xfff0),
  ],
  [
    'an offset outside the file',
    'E_FORMAT_CORRUPT',
    with1((at) => at.field(at.root(), model.subgraphs), far),
  ],
  ['an offset that wraps', 'E_FORMAT_CORRUPT', with1((at) => at.field(at.root(), model.buffers), 0xfffffff0)],
  [
    'a vector of 2^32 − 1 tables',
    'E_FORMAT_CORRUPT',
    with1((at) => at.vector(at.root(), model.subgraphs), minus1),
  ],
  [
    'a vector whose bytes wrap to 4',
    'E_FORMAT_CORRUPT',
    with1((at) => at.vector(at.subgraph(), subgraph.tensors), 0x40000001),
  ],
  [
    'a vector of numbers that ends outside',
    'E_FORMAT_CORRUPT',
    with1((at) => at.vector(at.subgraph(), subgraph.inputs), 0x3fffffff),
  ],
  [
    'a vector of tables that lie outside',
    'E_FORMAT_CORRUPT',
    with1((at) => at.element(at.vector(at.subgraph(), subgraph.tensors), 1), far),
  ],
  ['a name that ends outside', 'E_FORMAT_CORRUPT', with1((at) => at.vector(at.tensor(0), tensor.name), far)],
  [
    'a shape that ends outside',
    'E_FORMAT_CORRUPT',
    with1((at) => at.vector(at.tensor(0), tensor.shape), far),
  ],
  [
    'a buffer that ends outside',
    'E_FORMAT_CORRUPT',
    with1((at) => at.vector(at.item(at.root(), model.buffers, 1), 0), far),
  ],
  ['no graph', 'E_FORMAT_CORRUPT', with1((at) => at.vector(at.root(), model.subgraphs), 0)],
  ['no tensors', 'E_FORMAT_CORRUPT', with1((at) => at.vector(at.subgraph(), subgraph.tensors), 0)],
  ['no buffers', 'E_FORMAT_CORRUPT', with1((at) => at.vector(at.root(), model.buffers), 0)],
  ['no codes of operators', 'E_FORMAT_CORRUPT', with1((at) => at.vector(at.root(), model.codes), 0)],
  ['no outputs', 'E_GRAPH_INVALID', with1((at) => at.vector(at.subgraph(), subgraph.outputs), 0)],
  ['no operators', 'E_GRAPH_INVALID', with1((at) => at.vector(at.subgraph(), subgraph.operators), 0), 'z0'],
  ['a schema of the future', 'E_FORMAT_VERSION', with1((at) => at.field(at.root(), model.version), 4), '4'],
  ['a schema of version 0', 'E_FORMAT_VERSION', with1((at) => at.field(at.root(), model.version), 0), '0'],
  [
    'a code of an operator that is not there',
    'E_FORMAT_CORRUPT',
    with1((at) => at.field(at.operator(1), slot.operator.code), 7),
    '7',
  ],
  ['a code of −1', 'E_FORMAT_CORRUPT', with1((at) => at.field(at.operator(1), slot.operator.code), minus1)],
  [
    'an operator of the future',
    'E_OP_UNSUPPORTED',
    with1((at) => at.field(at.item(at.root(), model.codes), code.large), 9999),
    '9999',
  ],
  [
    'a tensor of a buffer that is not there',
    'E_FORMAT_CORRUPT',
    with1((at) => at.field(at.tensor(1), tensor.buffer), 99),
    'c1',
  ],
  [
    'a tensor of buffer −1',
    'E_FORMAT_CORRUPT',
    with1((at) => at.field(at.tensor(1), tensor.buffer), minus1),
    'c1',
  ],
  [
    'an element type that nobody knows',
    'E_OP_UNSUPPORTED',
    with8((at) => at.field(at.tensor(4), tensor.type), 77),
    'c4',
  ],
  [
    'a negative element type',
    'E_OP_UNSUPPORTED',
    with8((at) => at.field(at.tensor(4), tensor.type), 0xff),
    'c4',
  ],
  ['a name that is no UTF-8', 'E_FORMAT_CORRUPT', withoutUtf8(soundTflite, 'x0')],
  ['a name of the graph that is no UTF-8', 'E_FORMAT_CORRUPT', withoutUtf8(soundTflite, 'the graph')],
];

const dimension = (find: number, word: number): Uint8Array =>
  with1((at) => at.element(at.vector(at.tensor(find), tensor.shape), 1), word);
const listed = (list: 'inputs' | 'outputs', word: number): Uint8Array =>
  with1((at) => at.element(at.vector(at.subgraph(), subgraph[list]), 0), word);
const wiredTo = (list: 'inputs' | 'outputs', i: number, word: number): Uint8Array =>
  with1((at) => at.element(at.vector(at.operator(), slot.operator[list]), i), word);

const graph: Malformed[] = [
  ['an operand that does not exist', 'E_FORMAT_CORRUPT', wiredTo('inputs', 0, 99), '99'],
  ['an operand of −2', 'E_FORMAT_CORRUPT', wiredTo('inputs', 0, 0xfffffffe), '-2'],
  ['an operand of 2^31 − 1', 'E_FORMAT_CORRUPT', wiredTo('inputs', 0, 0x7fffffff)],
  ['a required operand left out', 'E_GRAPH_INVALID', wiredTo('inputs', 0, minus1), 'y0'],
  ['weights left out', 'E_GRAPH_INVALID', wiredTo('inputs', 1, minus1), 'y0'],
  ['a result that does not exist', 'E_FORMAT_CORRUPT', wiredTo('outputs', 0, 99), '99'],
  ['a result of −1', 'E_FORMAT_CORRUPT', wiredTo('outputs', 0, minus1), '-1'],
  ['a result that is an input', 'E_GRAPH_INVALID', wiredTo('outputs', 0, 0), 'x0'],
  ['a result that is a constant', 'E_GRAPH_INVALID', wiredTo('outputs', 0, 1), 'c1'],
  ['an input that does not exist', 'E_FORMAT_CORRUPT', listed('inputs', 99), '99'],
  ['an input of −1', 'E_FORMAT_CORRUPT', listed('inputs', minus1), '-1'],
  ['an input that is a constant', 'E_GRAPH_INVALID', listed('inputs', 1), 'c1'],
  ['an output that does not exist', 'E_FORMAT_CORRUPT', listed('outputs', 99), '99'],
  ['an output of −1', 'E_FORMAT_CORRUPT', listed('outputs', minus1), '-1'],
  [
    'a cycle',
    'E_GRAPH_INVALID',
    wired(
      3,
      [
        [[1], [2]],
        [[2], [1]],
      ],
      [0],
      [2],
    ),
    't1',
  ],
  ['an operator that reads what it makes', 'E_GRAPH_INVALID', wired(2, [[[1], [1]]], [0], [1]), 't1'],
  [
    'a tensor made twice',
    'E_GRAPH_INVALID',
    wired(
      2,
      [
        [[0], [1]],
        [[0], [1]],
      ],
      [0],
      [1],
    ),
    't1',
  ],
  ['an input listed twice', 'E_GRAPH_INVALID', wired(2, [[[0], [1]]], [0, 0], [1]), 't0'],
  ['an operator without results', 'E_GRAPH_INVALID', wired(2, [[[0], []]], [0], [0]), 'RELU'],
  ['an operator of too many results', 'E_GRAPH_INVALID', wired(3, [[[0], [1, 2]]], [0], [1]), 't1'],
  ['an operator of no operands', 'E_GRAPH_INVALID', wired(2, [[[], [1]]], [0], [1]), 't1'],
  ['an operator that is not supported', 'E_OP_UNSUPPORTED', operator('WHILE', [row], row), 'WHILE'],
  [
    'a call of a graph that is not there',
    'E_FORMAT_CORRUPT',
    operator('CALL_ONCE', [row], row, options(103, int(9))),
    '9',
  ],
  ['a call of graph −1', 'E_FORMAT_CORRUPT', operator('CALL_ONCE', [row], row, options(103, int(-1))), '-1'],
  [
    'a graph that calls itself',
    'E_OP_UNSUPPORTED',
    operator('CALL_ONCE', [row], row, options(103, int(0))),
    'CALL_ONCE',
  ],
  ['a variable without its handle', 'E_GRAPH_INVALID', operator('READ_VARIABLE', [row], row), 'x0'],
  ['a value assigned to no variable', 'E_GRAPH_INVALID', operator('ASSIGN_VARIABLE', [row, row], []), 'x0'],
  ['dimensions of zero', 'E_SHAPE_DYNAMIC', dimension(0, 0), 'x0'],
  ['a negative dimension', 'E_LIMIT_EXCEEDED', dimension(0, minus1 - 2), 'x0'],
  ['a dimension of 2^31 − 1', 'E_LIMIT_EXCEEDED', operator('RELU', [real(2, 2 ** 31 - 1)], row), 'x0'],
  [
    'a tensor too large',
    'E_LIMIT_EXCEEDED',
    operator('RELU', [real(65536, 65536)], real(65536, 65536)),
    'x0',
  ],
  [
    'a shape whose product wraps to 0',
    'E_LIMIT_EXCEEDED',
    operator('RELU', [real(65536, 65536, 65536, 65536)], row),
    'x0',
  ],
  [
    'a tensor of nine axes',
    'E_LIMIT_EXCEEDED',
    operator('RELU', [real(1, 1, 1, 1, 1, 1, 1, 1, 1)], row),
    'x0',
  ],
  ['a constant shorter than its shape', 'E_FORMAT_CORRUPT', dimension(1, 5), 'c1'],
  ['a constant of a negative dimension', 'E_LIMIT_EXCEEDED', dimension(1, minus1), 'c1'],
  ['a constant of 2^31 − 1 columns', 'E_LIMIT_EXCEEDED', dimension(1, 0x7fffffff), 'c1'],
];

const window = (strides: number, dilations = 1, padding = 1) =>
  options(optionTables.conv2d, byte(padding), int(strides), int(1), byte(0), int(dilations), int(1));
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

const operators: Malformed[] = [
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

const quantisation: Malformed[] = [
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

const detector = {
  max_detections: 4,
  max_classes_per_detection: 1,
  num_classes: 2,
  nms_score_threshold: 0.25,
  nms_iou_threshold: 0.5,
  y_scale: 10,
  x_scale: 10,
  h_scale: 5,
  w_scale: 5,
};
const detection = (
  options: Uint8Array | object,
  { scores = 3, anchors = 6, images = 1 } = {},
  name = 'TFLite_Detection_PostProcess',
): Uint8Array =>
  custom(
    name,
    [real(images, 6, 4), real(images, 6, scores), held(real(anchors, 4))],
    [real(1, 4, 4), real(1, 4), real(1, 4), real(1)],
    options instanceof Uint8Array ? options : encode({ ...detector, ...options }),
  );
const suppression = (slots: Operand, boxes = real(6, 4), overlap = 0.5): Uint8Array =>
  operator(
    'NON_MAX_SUPPRESSION_V4',
    [boxes, real(6), slots, scalar(overlap, 'float32'), scalar(0, 'float32')],
    [
      { dtype: 'int32', shape: [4] },
      { dtype: 'int32', shape: [] },
    ],
  );

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

const volumes: Malformed[] = [
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

const boxes: Malformed[] = [
  ['a custom operator that nobody knows', 'E_OP_UNSUPPORTED', detection({}, {}, 'Frobnicate'), 'Frobnicate'],
  ['a custom operator called as a builtin one', 'E_OP_UNSUPPORTED', detection({}, {}, 'RELU'), 'RELU'],
  ['detection without options', 'E_FORMAT_CORRUPT', detection(new Uint8Array()), 'y0'],
  ['detection of options that are a number', 'E_FORMAT_CORRUPT', detection(encode(7)), 'custom_options'],
  [
    'detection of options that end early',
    'E_FORMAT_CORRUPT',
    detection(encode(detector).subarray(9)),
    'custom_options',
  ],
  ['detection without classes', 'E_OP_ATTRIBUTE', detection(encode({ max_detections: 4 })), 'y0'],
  ['detection of −1 boxes', 'E_OP_ATTRIBUTE', detection({ max_detections: -1 }), 'max_detections'],
  ['detection of 2^30 boxes', 'E_OP_ATTRIBUTE', detection({ max_detections: 2 ** 30 }), 'max_detections'],
  ['detection of a scale of zero', 'E_OP_UNSUPPORTED', detection({ y_scale: 0 }), 'y0'],
  ['detection with anchors for other boxes', 'E_OP_SHAPE', detection({}, { anchors: 5 }), 'y0'],
  ['detection of scores of other classes', 'E_OP_UNSUPPORTED', detection({}, { scores: 9 }), 'y0'],
  ['detection in two images', 'E_OP_UNSUPPORTED', detection({}, { images: 2 }), 'y0'],
  ['−1 slots for boxes', 'E_OP_ATTRIBUTE', suppression(scalar(-1)), 'y0'],
  ['2^31 − 1 slots for boxes', 'E_LIMIT_EXCEEDED', suppression(scalar(2 ** 31 - 1)), 'memoryBytes'],
  [
    'slots for boxes that are computed',
    'E_OP_UNSUPPORTED',
    suppression({ dtype: 'int32', shape: [] }),
    'constant',
  ],
  ['boxes of three numbers', 'E_OP_SHAPE', suppression(scalar(4), real(6, 3)), 'y0'],
  ['boxes that overlap by NaN', 'E_OP_ATTRIBUTE', suppression(scalar(4), real(6, 4), Number.NaN), 'y0'],
];

export const malformedTflite: readonly Malformed[] = [
  ...container,
  ...graph,
  ...operators,
  ...quantisation,
  ...boxes,
  ...volumes,
];
