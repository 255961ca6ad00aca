import { encode } from 'flatbuffers/js/flexbuffers.js';
import { optionTables as tables } from '../../../src/compiler/formats/tflite/schema.ts';
import {
  byte,
  float,
  int,
  ModelWriter,
  type Options,
  options,
} from '../../../src/compiler/formats/tflite/write/model-writer.ts';
import { elementCount, Random, type Tensor, type TensorType, tensor } from '../../../src/core/index.ts';

/** An operator: types of its inputs, constants behind them, types of its outputs. */
interface Case {
  readonly op: string;
  readonly inputs: readonly TensorType[];
  readonly constants?: readonly Tensor[];
  readonly outputs: readonly TensorType[];
  readonly options?: Options;
}

const real = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
const whole = (...shape: number[]): TensorType => ({ dtype: 'int32', shape });
const truth = (...shape: number[]): TensorType => ({ dtype: 'bool', shape });
const byteType = (...shape: number[]): TensorType => ({
  dtype: 'int8',
  shape,
  quant: { scale: [0.05], zeroPoint: [-3] },
});
const wordType = (...shape: number[]): TensorType => ({
  dtype: 'int16',
  shape,
  quant: { scale: [0.001], zeroPoint: [0] },
});
const ints = (...values: number[]): Tensor => tensor('int32', [values.length], values);
const scalar = (value: number): Tensor => tensor('int32', [], [value]);
const perChannel = (count: number, axis = 0) => ({
  scale: Array.from({ length: count }, (_, i) => 0.01 * (i + 1)),
  zeroPoint: new Array<number>(count).fill(0),
  axis,
});

function filled(random: Random, type: TensorType): Tensor {
  const draw = type.dtype === 'float32' ? () => random.normal() : () => random.int(-100, 100);
  const values = Array.from({ length: elementCount(type.shape) }, draw);
  return tensor(type.dtype, type.shape, values, type.quant);
}

function convolutions(random: Random): Case[] {
  const conv = options(tables.conv2d, byte(0), int(1), int(1), byte(1), int(1), int(1));
  const depthwise = options(tables.depthwiseConv2d, byte(0), int(1), int(1), int(1), byte(3), int(1), int(1));
  const dense = options(tables.fullyConnected, byte(1));
  const weight = (shape: number[], axis = 0) =>
    filled(random, { dtype: 'int8', shape, quant: perChannel(shape[axis], axis) });
  return [
    {
      op: 'CONV_2D',
      inputs: [real(1, 5, 5, 3)],
      constants: [filled(random, real(4, 3, 3, 3)), filled(random, real(4))],
      outputs: [real(1, 5, 5, 4)],
      options: conv,
    },
    {
      op: 'CONV_2D',
      inputs: [byteType(1, 5, 5, 3)],
      constants: [weight([4, 3, 3, 3]), tensor('int32', [4], [1, 2, 3, 4])],
      outputs: [byteType(1, 5, 5, 4)],
      options: conv,
    },
    {
      op: 'CONV_2D',
      inputs: [wordType(1, 5, 5, 3)],
      constants: [weight([4, 3, 3, 3])],
      outputs: [wordType(1, 5, 5, 4)],
      options: conv,
    },
    {
      op: 'DEPTHWISE_CONV_2D',
      inputs: [byteType(1, 5, 5, 4)],
      constants: [weight([1, 3, 3, 4], 3), tensor('int32', [4], [1, 2, 3, 4])],
      outputs: [byteType(1, 5, 5, 4)],
      options: depthwise,
    },
    {
      op: 'DEPTHWISE_CONV_2D',
      inputs: [real(1, 5, 5, 4)],
      constants: [filled(random, real(1, 3, 3, 4))],
      outputs: [real(1, 5, 5, 4)],
      options: depthwise,
    },
    {
      op: 'FULLY_CONNECTED',
      inputs: [byteType(2, 8)],
      constants: [weight([5, 8]), tensor('int32', [5], [1, 2, 3, 4, 5])],
      outputs: [byteType(2, 5)],
      options: dense,
    },
    {
      op: 'FULLY_CONNECTED',
      inputs: [real(2, 8)],
      constants: [filled(random, real(5, 8))],
      outputs: [real(2, 5)],
      options: dense,
    },
    {
      op: 'FULLY_CONNECTED',
      inputs: [real(2, 8)],
      constants: [weight([5, 8])],
      outputs: [real(2, 5)],
      options: dense,
    },
    {
      op: 'TRANSPOSE_CONV',
      inputs: [real(1, 3, 3, 2)],
      constants: [ints(1, 6, 6, 4), filled(random, real(4, 3, 3, 2))],
      outputs: [real(1, 6, 6, 4)],
      options: options(tables.transposeConv, byte(0), int(2), int(2)),
    },
    {
      op: 'BATCH_MATMUL',
      inputs: [real(2, 3, 4), real(2, 4, 5)],
      outputs: [real(2, 3, 5)],
      options: options(tables.batchMatMul, byte(0), byte(0)),
    },
  ];
}

function cases(random: Random): Case[] {
  const same = (op: string, type: TensorType, opts?: Options): Case => ({
    op,
    inputs: [type],
    outputs: [type],
    options: opts,
  });
  const pair = (op: string, type: TensorType, opts?: Options, to = type): Case => ({
    op,
    inputs: [type, type],
    outputs: [to],
    options: opts,
  });
  const pool = options(tables.pool2d, byte(0), int(2), int(2), int(2), int(2), byte(0));
  const moved = (
    op: string,
    constants: Tensor[],
    outputs: TensorType[],
    opts?: Options,
    input = byteType(2, 4, 6),
  ): Case => ({ op, inputs: [input], constants, outputs, options: opts });
  return [
    ...convolutions(random),
    ...['RELU', 'RELU6', 'LOGISTIC', 'TANH', 'HARD_SWISH', 'ABS', 'NEG', 'EXP', 'FLOOR', 'RSQRT', 'GELU'].map(
      (op) => same(op, real(2, 5)),
    ),
    ...['RELU', 'RELU6', 'LOGISTIC', 'TANH', 'HARD_SWISH'].map((op) => same(op, byteType(2, 5))),
    same('LEAKY_RELU', byteType(2, 5), options(tables.leakyRelu, float(0.1))),
    same('SOFTMAX', byteType(2, 5), options(tables.softmax, float(1))),
    same('SOFTMAX', real(2, 5), options(tables.softmax, float(1))),
    pair('ADD', byteType(2, 5), options(tables.add, byte(1))),
    pair('ADD', wordType(2, 5), options(tables.add, byte(0))),
    pair('MUL', byteType(2, 5), options(tables.mul, byte(0))),
    pair('SUB', real(2, 5), options(tables.sub, byte(3))),
    pair('DIV', real(2, 5), options(tables.div, byte(0))),
    pair('MAXIMUM', byteType(2, 5), options(tables.maximumMinimum)),
    pair('LESS', real(2, 5), options(tables.less), truth(2, 5)),
    pair('FLOOR_DIV', whole(5)),
    pair('LOGICAL_AND', truth(5)),
    { op: 'MAX_POOL_2D', inputs: [byteType(1, 4, 4, 3)], outputs: [byteType(1, 2, 2, 3)], options: pool },
    { op: 'AVERAGE_POOL_2D', inputs: [byteType(1, 4, 4, 3)], outputs: [byteType(1, 2, 2, 3)], options: pool },
    { op: 'AVERAGE_POOL_2D', inputs: [real(1, 4, 4, 3)], outputs: [real(1, 2, 2, 3)], options: pool },
    moved('MEAN', [ints(1, 2)], [byteType(2, 1, 1)], options(tables.reducer, byte(1))),
    moved('SUM', [ints(1)], [byteType(2, 6)], options(tables.reducer, byte(0))),
    moved('REDUCE_MAX', [ints(2)], [byteType(2, 4)], options(tables.reducer, byte(0))),
    moved('RESHAPE', [ints(4, -1)], [byteType(4, 12)], options(tables.reshape)),
    moved('TRANSPOSE', [ints(2, 0, 1)], [byteType(6, 2, 4)], options(tables.transpose)),
    moved('PAD', [tensor('int32', [3, 2], [0, 0, 1, 2, 0, 1])], [byteType(2, 7, 7)], options(tables.pad)),
    moved(
      'MIRROR_PAD',
      [tensor('int32', [3, 2], [0, 0, 1, 2, 0, 1])],
      [byteType(2, 7, 7)],
      options(tables.mirrorPad, byte(0)),
    ),
    moved('SLICE', [ints(0, 1, 2), ints(2, 2, -1)], [byteType(2, 2, 4)], options(tables.slice)),
    moved(
      'STRIDED_SLICE',
      [ints(0, 1, 0), ints(2, 4, 6), ints(1, 2, 3)],
      [byteType(2, 2, 2)],
      options(tables.stridedSlice, ...[0, 0, 0, 0, 0].map(int)),
    ),
    moved('TILE', [ints(1, 2, 1)], [byteType(2, 8, 6)], options(tables.tile)),
    moved('BROADCAST_TO', [ints(3, 2, 4, 6)], [byteType(3, 2, 4, 6)], options(tables.broadcastTo)),
    moved('GATHER', [ints(2, 0)], [byteType(2, 2, 6)], options(tables.gather, int(1))),
    moved('GATHER_ND', [tensor('int32', [1, 2], [1, 3])], [byteType(1, 6)]),
    moved(
      'SPLIT_V',
      [ints(2, 4), scalar(2)],
      [byteType(2, 4, 2), byteType(2, 4, 4)],
      options(tables.splitV, int(2)),
    ),
    moved('ARG_MAX', [scalar(2)], [whole(2, 4)], options(tables.argMax, byte(2))),
    moved('TOPK_V2', [scalar(3)], [real(2, 3), whole(2, 3)], undefined, real(2, 6)),
    moved('CUMSUM', [scalar(1)], [real(2, 6)], undefined, real(2, 6)),
    moved('EXPAND_DIMS', [scalar(0)], [real(1, 2, 6)], undefined, real(2, 6)),
    moved(
      'ONE_HOT',
      [scalar(4), tensor('float32', [], [1]), tensor('float32', [], [0])],
      [real(5, 4)],
      options(61, int(-1)),
      whole(5),
    ),
    moved('REVERSE_V2', [ints(1)], [real(2, 6)], undefined, real(2, 6)),
    { op: 'FILL', inputs: [], constants: [ints(2, 3), tensor('float32', [], [1])], outputs: [real(2, 3)] },
    {
      op: 'CONCATENATION',
      inputs: [byteType(2, 3), byteType(2, 4)],
      outputs: [byteType(2, 7)],
      options: options(tables.concatenation, int(1), byte(0)),
    },
    {
      op: 'PACK',
      inputs: [real(2, 3), real(2, 3)],
      outputs: [real(2, 2, 3)],
      options: options(59, int(2), int(1)),
    },
    { op: 'UNPACK', inputs: [real(2, 3)], outputs: [real(3), real(3)], options: options(64, int(2), int(0)) },
    {
      op: 'RESIZE_BILINEAR',
      inputs: [byteType(1, 4, 4, 3)],
      constants: [ints(7, 8)],
      outputs: [byteType(1, 7, 8, 3)],
      options: options(tables.resizeBilinear, undefined, undefined, byte(0), byte(1)),
    },
    {
      op: 'RESIZE_NEAREST_NEIGHBOR',
      inputs: [byteType(1, 4, 4, 3)],
      constants: [ints(7, 8)],
      outputs: [byteType(1, 7, 8, 3)],
      options: options(tables.resizeNearestNeighbor, byte(0), byte(0)),
    },
    {
      op: 'SPACE_TO_DEPTH',
      inputs: [byteType(1, 4, 4, 3)],
      outputs: [byteType(1, 2, 2, 12)],
      options: options(tables.spaceToDepth, int(2)),
    },
    {
      op: 'DEPTH_TO_SPACE',
      inputs: [byteType(1, 2, 2, 12)],
      outputs: [byteType(1, 4, 4, 3)],
      options: options(tables.depthToSpace, int(2)),
    },
    {
      op: 'SPACE_TO_BATCH_ND',
      inputs: [real(1, 4, 4, 3)],
      constants: [ints(2, 2), tensor('int32', [2, 2], [0, 0, 0, 0])],
      outputs: [real(4, 2, 2, 3)],
    },
    {
      op: 'BATCH_TO_SPACE_ND',
      inputs: [real(4, 2, 2, 3)],
      constants: [ints(2, 2), tensor('int32', [2, 2], [0, 0, 0, 0])],
      outputs: [real(1, 4, 4, 3)],
    },
    {
      op: 'PRELU',
      inputs: [byteType(1, 4, 4, 3)],
      constants: [filled(random, byteType(1, 1, 3))],
      outputs: [byteType(1, 4, 4, 3)],
    },
    { op: 'QUANTIZE', inputs: [real(2, 3)], outputs: [byteType(2, 3)], options: options(tables.quantize) },
    {
      op: 'DEQUANTIZE',
      inputs: [byteType(2, 3)],
      outputs: [real(2, 3)],
      options: options(tables.dequantize),
    },
    {
      op: 'CAST',
      inputs: [real(2, 3)],
      outputs: [whole(2, 3)],
      options: options(tables.cast, byte(0), byte(2)),
    },
    {
      op: 'SELECT_V2',
      inputs: [truth(2, 3), real(2, 3), real(3)],
      outputs: [real(2, 3)],
      options: options(tables.selectV2),
    },
    {
      op: 'CONV_3D',
      inputs: [real(1, 3, 4, 4, 2)],
      constants: [filled(random, real(2, 2, 2, 2, 3))],
      outputs: [real(1, 3, 4, 4, 3)],
      options: options(106, byte(0), int(1), int(1), int(1), byte(1), int(1), int(1), int(1)),
    },
    {
      op: 'REVERSE_SEQUENCE',
      inputs: [byteType(2, 4, 6)],
      constants: [ints(3, 1)],
      outputs: [byteType(2, 4, 6)],
      options: options(87, int(1), int(0)),
    },
    {
      op: 'FAKE_QUANT',
      inputs: [real(2, 5)],
      outputs: [real(2, 5)],
      options: options(58, float(-1), float(1), int(8), byte(0)),
    },
    pair('MUL', wordType(2, 5), options(tables.mul, byte(0))),
    { op: 'SHAPE', inputs: [real(2, 3)], outputs: [whole(2)] },
    {
      op: 'NON_MAX_SUPPRESSION_V5',
      inputs: [real(8, 4), real(8)],
      constants: [scalar(5), ...[0.4, 0.1, 0].map((v) => tensor('float32', [], [v]))],
      outputs: [whole(5), real(5), whole()],
    },
  ];
}

function file({ op, inputs, constants = [], outputs, options: given }: Case): Uint8Array {
  const writer = new ModelWriter(false);
  const fed = inputs.map((type, i) => writer.tensor(`x${i}`, type));
  const held = constants.map((t, i) =>
    writer.tensor(`c${i}`, { dtype: t.dtype, shape: t.shape, quant: t.quant }, t),
  );
  const made = outputs.map((type, i) => writer.tensor(`y${i}`, type));
  const operands = op === 'TRANSPOSE_CONV' ? [...held, ...fed] : [...fed, ...held];
  writer.operator(op, 1, operands, made, given);
  return writer.finish('seed', fed, made);
}

/** The end of a detector, of two kinds. */
function detector(random: Random): Uint8Array {
  const writer = new ModelWriter(false);
  const [anchors, slots] = [9, 4];
  const fed = [writer.tensor('x0', real(1, anchors, 4)), writer.tensor('x1', real(1, anchors, 3))];
  const held = writer.tensor('c', real(anchors, 4), filled(random, real(anchors, 4)));
  const made = [real(1, slots, 4), real(1, slots), real(1, slots), real(1)].map((type, i) =>
    writer.tensor(`y${i}`, type),
  );
  const given = {
    max_detections: slots,
    max_classes_per_detection: 1,
    detections_per_class: 3,
    use_regular_nms: random.int(0, 1) === 1,
    num_classes: 2,
    nms_score_threshold: 0.25,
    nms_iou_threshold: 0.5,
    y_scale: 10,
    x_scale: 10,
    h_scale: 5,
    w_scale: 5,
  };
  writer.custom('TFLite_Detection_PostProcess', [...fed, held], made, encode(given));
  return writer.finish('detector', fed, made);
}

/** A net of several operators, int8. */
function net(random: Random): Uint8Array {
  const writer = new ModelWriter(random.int(0, 1) === 1);
  const x = writer.tensor('x', byteType(1, 6, 6, 2));
  let last = x;
  const then = (op: string, type: TensorType, others: number[], opts?: Options): void => {
    const y = writer.tensor(`${op}.out`, type);
    writer.operator(op, 1, [last, ...others], [y], opts);
    last = y;
  };
  const held = (t: Tensor): number =>
    writer.tensor('c', { dtype: t.dtype, shape: t.shape, quant: t.quant }, t);
  const weight = filled(random, { dtype: 'int8', shape: [4, 3, 3, 2], quant: perChannel(4) });
  then(
    'CONV_2D',
    byteType(1, 6, 6, 4),
    [held(weight)],
    options(tables.conv2d, byte(0), int(1), int(1), byte(1), int(1), int(1)),
  );
  then('ADD', byteType(1, 6, 6, 4), [last], options(tables.add, byte(0)));
  then(
    'MAX_POOL_2D',
    byteType(1, 3, 3, 4),
    [],
    options(tables.pool2d, byte(0), int(2), int(2), int(2), int(2), byte(0)),
  );
  then('RESHAPE', byteType(1, 36), [held(ints(1, 36))], options(tables.reshape));
  const dense = filled(random, { dtype: 'int8', shape: [3, 36], quant: perChannel(3) });
  then('FULLY_CONNECTED', byteType(1, 3), [held(dense)], options(tables.fullyConnected, byte(0)));
  return writer.finish('net', [x], [last]);
}

/** TFLite files drawn from `seed`: each operator on its own, and nets of some. */
export function tfliteSeeds(seed: number): Uint8Array[] {
  const random = new Random(seed);
  return [
    ...cases(random).map(file),
    net(random),
    net(random),
    net(random),
    detector(random),
    detector(random),
  ];
}
