import { encode } from '../../../src/compiler/formats/onnx/proto/message.ts';
import { graphSchema, modelSchema } from '../../../src/compiler/formats/onnx/proto/onnx.ts';
import {
  type AttributeInput,
  attributeProto,
  tensorProto,
  valueInfo,
} from '../../../src/compiler/formats/onnx/write/protos.ts';
import { type DType, elementCount, Random, tensor } from '../../../src/core/index.ts';
import { randomForest } from '../../oracles/ml-forest.ts';
import { mlModel } from '../../oracles/onnx-ml.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;
type Listed = { readonly type: DType; readonly values: readonly number[] };
type Operand = readonly number[] | Listed;

const isListed = (operand: Operand): operand is Listed => !Array.isArray(operand);

/** A node over inputs of float32 (their shapes) and constants (their elements). */
interface Case {
  readonly op: string;
  readonly operands: readonly (Operand | undefined)[];
  /** How many of the operands are inputs; the rest are constants. */
  readonly inputs?: number;
  readonly attributes?: Attributes;
  readonly outputs?: number;
  readonly domain?: string;
  readonly opset?: number;
}

const image = [1, 3, 6, 5];
const longs = (...values: number[]): Operand => ({ type: 'int64', values });
const ints = (...values: number[]): Operand => ({ type: 'int32', values });
const bools = (...values: number[]): Operand => ({ type: 'bool', values });
const reals = (...values: number[]): Operand => ({ type: 'float32', values });
const u8 = (...values: number[]): Operand => ({ type: 'uint8', values });
const i8 = (...values: number[]): Operand => ({ type: 'int8', values });
const int = (i: number): AttributeInput => ({ i });
const float = (f: number): AttributeInput => ({ f });

const c = (
  op: string,
  operands: readonly (Operand | undefined)[],
  attributes: Attributes = {},
  rest: Partial<Case> = {},
): Case => ({ op, operands, attributes, ...rest });

const window: Attributes = { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] };
const recurrent = (gates: number): Operand[] => [
  [4, 1, 3],
  [1, gates * 2, 3],
  [1, gates * 2, 2],
  [1, gates * 4],
];

const cases: readonly Case[] = [
  ...[
    'Relu',
    'Sigmoid',
    'Tanh',
    'Exp',
    'Neg',
    'Floor',
    'Erf',
    'HardSwish',
    'Softplus',
    'Gelu',
    'Sign',
    'Mish',
  ].map((op) => c(op, [[2, 7]], {}, { opset: 20 })),
  c('LeakyRelu', [[2, 7]], { alpha: float(0.1) }),
  c('Clip', [[2, 7], reals(0), reals(6)]),
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Less', 'Equal'].map((op) =>
    c(
      op,
      [
        [2, 3, 4],
        [3, 1],
      ],
      {},
      { inputs: 1 },
    ),
  ),
  c('Mod', [[5], [5]], { fmod: int(1) }),
  c('Where', [bools(1, 0, 1), [2, 3], [3]], {}, { inputs: 0 }),
  c('Conv', [image, [4, 3, 3, 2], [4]], { ...window, dilations: [1, 2] }),
  c(
    'Conv',
    [
      [1, 4, 6, 6],
      [4, 1, 3, 3],
    ],
    { group: int(4), pads: [1, 1, 1, 1] },
  ),
  c(
    'Conv',
    [
      [1, 4, 9],
      [6, 2, 3],
    ],
    { group: int(2) },
  ),
  c('ConvTranspose', [image, [3, 4, 3, 3], [4]], { strides: [2, 2], output_padding: [1, 1] }),
  c(
    'ConvTranspose',
    [
      [1, 4, 2, 3, 3],
      [4, 1, 2, 2, 3],
    ],
    { strides: [2, 1, 1], group: int(2) },
  ),
  c('MaxPool', [image], { ...window, ceil_mode: int(1) }),
  c('AveragePool', [image], { ...window, count_include_pad: int(1) }),
  c('GlobalAveragePool', [image]),
  c('LpPool', [image], { kernel_shape: [2, 2], p: int(2) }),
  c('Gemm', [[3, 4], [4, 5], [5]], { transA: int(0), alpha: float(0.5) }),
  c('MatMul', [
    [2, 3, 4],
    [4, 5],
  ]),
  c(
    'Einsum',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    { equation: 'bij,bjk->bik' },
    { inputs: 2 },
  ),
  c('Softmax', [[2, 3, 4]], { axis: int(1) }),
  c('LogSoftmax', [[2, 3, 4]], { axis: int(-1) }),
  ...['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceL2', 'ReduceProd'].map((op) =>
    c(op, [[2, 3, 4]], { axes: [1], keepdims: int(0) }, { opset: 11 }),
  ),
  c('ArgMax', [[2, 3, 4]], { axis: int(1), select_last_index: int(1) }),
  c('TopK', [[2, 9], longs(4)], { axis: int(1) }, { outputs: 2 }),
  c('CumSum', [[2, 5], ints(1)], { exclusive: int(1) }),
  c('Gather', [[4, 3], longs(2, 0, -1)], { axis: int(0) }),
  c('GatherND', [[4, 3], longs(2)]),
  c('GatherElements', [[3], longs(2, 0, 1)]),
  c('ScatterND', [[4, 3], { type: 'int64', values: [1] }, [3]], {}, { inputs: 1 }),
  c('ScatterElements', [[4], longs(1, 3), reals(1, 2)], { reduction: 'add' }),
  c('OneHot', [[4], longs(5), reals(0, 1)], { axis: int(-1) }),
  c('Slice', [[4, 5, 6], longs(1, 0), longs(4, -1), longs(0, 2), longs(1, 2)]),
  c(
    'Concat',
    [
      [2, 3],
      [2, 4],
    ],
    { axis: int(1) },
    { inputs: 2 },
  ),
  c('Split', [[2, 6], longs(2, 4)], { axis: int(1) }, { outputs: 2 }),
  c('Reshape', [[2, 6], longs(3, -1)]),
  c('Transpose', [[2, 3, 4]], { perm: [2, 0, 1] }),
  c('Squeeze', [[1, 3, 1], longs(0)]),
  c('Unsqueeze', [[3], longs(0, 2)]),
  c('Flatten', [image], { axis: int(2) }),
  c('Expand', [[3, 1], longs(2, 3, 4)]),
  c('Tile', [[2, 3], longs(2, 3)]),
  c('Pad', [[2, 3], longs(0, 1, 2, 0), reals(0.5)], { mode: 'reflect' }),
  c('DepthToSpace', [[1, 8, 2, 3]], { blocksize: int(2), mode: 'CRD' }),
  c('SpaceToDepth', [[1, 2, 4, 6]], { blocksize: int(2) }),
  c('Resize', [image, undefined, reals(1, 1, 2, 1.5)], {
    mode: 'linear',
    coordinate_transformation_mode: 'half_pixel',
  }),
  c('Resize', [image, undefined, undefined, longs(1, 3, 9, 4)], { mode: 'nearest', nearest_mode: 'floor' }),
  c('BatchNormalization', [image, [3], [3], reals(0, 0, 0), reals(1, 2, 3)], { epsilon: float(1e-5) }),
  c('InstanceNormalization', [image, [3], [3]]),
  c('LayerNormalization', [[2, 3, 4], [4], [4]], { axis: int(-1) }),
  c('GroupNormalization', [[2, 6, 4], [6], [6]], { num_groups: int(3) }, { opset: 21 }),
  c('RMSNormalization', [[2, 4], [4]], {}, { opset: 23 }),
  c('LRN', [image], { size: int(3) }),
  c(
    'Attention',
    [
      [1, 4, 8],
      [1, 5, 8],
      [1, 5, 8],
    ],
    { q_num_heads: int(2), kv_num_heads: int(2) },
    { opset: 23, inputs: 3 },
  ),
  c(
    'RotaryEmbedding',
    [
      [2, 3, 5, 8],
      [2, 5, 4],
      [2, 5, 4],
    ],
    {},
    { opset: 23 },
  ),
  c('LSTM', recurrent(4), { hidden_size: int(2) }, { outputs: 3 }),
  c('GRU', recurrent(3), { hidden_size: int(2), linear_before_reset: int(1) }, { outputs: 2 }),
  c('RNN', recurrent(1), { hidden_size: int(2), direction: 'reverse' }, { outputs: 2 }),
  c('ReverseSequence', [[4, 3], longs(4, 2, 1)], { batch_axis: int(1), time_axis: int(0) }),
  c('Trilu', [[4, 5], longs(1)]),
  c('Range', [longs(0), longs(9), longs(2)], {}, { inputs: 0 }),
  c('ConstantOfShape', [longs(2, 3)], {}, { inputs: 0 }),
  c('Shape', [[2, 3]]),
  c('Cast', [[2, 3]], { to: int(6) }),
  c('PRelu', [image, [3, 1, 1]]),
  c('Compress', [[4, 3], bools(1, 0, 1, 1)], { axis: int(0) }),
  c('EyeLike', [[3, 4]], { k: int(1) }),
  c(
    'NonMaxSuppression',
    [[2, 7, 4], [2, 3, 7], longs(3), reals(0.4), reals(0.1)],
    { center_point_box: int(1) },
    { inputs: 2 },
  ),
  c(
    'GridSample',
    [image, [1, 2, 3, 2]],
    { mode: 'cubic', padding_mode: 'reflection' },
    { opset: 20, inputs: 2 },
  ),
  c(
    'MultiHeadAttention',
    [[1, 3, 8], [1, 4, 8], [1, 4, 8], [24], ints(1, 1, 0, 1)],
    { num_heads: int(2), unidirectional: int(1) },
    { domain: 'com.microsoft', inputs: 4 },
  ),
  c('SkipLayerNormalization', [[2, 4], [2, 4], [4], [4]], {}, { domain: 'com.microsoft', inputs: 2 }),
  c(
    'RoiAlign',
    [image, [2, 4], longs(0, 0)],
    { output_height: int(2), output_width: int(2), sampling_ratio: int(2) },
    { inputs: 2 },
  ),
  c('AffineGrid', [[1, 2, 3], longs(1, 1, 4, 5)], { align_corners: int(1) }, { opset: 20 }),
  c('CenterCropPad', [[4, 5], longs(2, 7)], {}, { opset: 18 }),
  c('ReduceLogSumExp', [[2, 3]], { axes: [1] }),
  c('LpNormalization', [[2, 3]], { p: int(1) }),
  c('DFT', [[1, 5, 1]], { onesided: int(1) }),
  c('STFT', [[1, 12, 1], longs(3), [6]]),
  c('MatMulInteger', [u8(1, 2, 3), i8(4, 5, 6), u8(1)], {}, { inputs: 0 }),
  c('DynamicQuantizeLinear', [[2, 3]], {}, { outputs: 3 }),
  c(
    'MatMulNBits',
    [[3, 16], u8(...Array.from({ length: 8 }, (_, i) => i * 17)), reals(0.5)],
    { K: int(16), N: int(1), bits: int(4), block_size: int(16) },
    { domain: 'com.microsoft' },
  ),
];

const dataOf = (operand: Operand, random: Random) => {
  if (isListed(operand)) {
    const { type, values } = operand;
    return tensor(type, values.length === 1 && type === 'float32' ? [] : [values.length], values as number[]);
  }
  const values = Array.from({ length: elementCount(operand) }, () => Math.fround(random.normal()));
  return tensor('float32', operand, values);
};

const shapeOf = (operand: Operand): readonly number[] =>
  isListed(operand) ? [operand.values.length] : operand;
const dtypeOf = (operand: Operand): DType => (isListed(operand) ? operand.type : 'float32');

interface Parts {
  node: object[];
  input: object[];
  initializer?: object[];
  output: string[];
  opset?: number;
  domain?: string;
}

function model({ node, input, initializer = [], output, opset = 17, domain }: Parts): Uint8Array {
  const graph = {
    name: 'seed',
    node,
    initializer,
    sparseInitializer: [],
    input,
    output: output.map((name) => valueInfo(name, 'float32', [])),
  };
  const opsetImport = [{ domain: '', version: opset }, ...(domain ? [{ domain, version: 1 }] : [])];
  return encode(modelSchema, { irVersion: 8, opsetImport, graph } as never);
}

const node = (
  opType: string,
  input: string[],
  output: string[],
  attributes: Attributes = {},
  domain = '',
) => ({
  opType,
  domain,
  name: output[0],
  input,
  output,
  attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
});

function single(
  { op, operands, inputs = 1, attributes, outputs = 1, domain, opset }: Case,
  random: Random,
): Uint8Array {
  const names = operands.map((o, i) => (o ? (i < inputs ? `x${i}` : `c${i}`) : ''));
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
  return model({
    node: [node(op, names, made, attributes, domain)],
    input: operands.flatMap((o, i) => (o && i < inputs ? [valueInfo(`x${i}`, dtypeOf(o), shapeOf(o))] : [])),
    initializer: operands.flatMap((o, i) =>
      o && i >= inputs ? [tensorProto(`c${i}`, dataOf(o, random), dtypeOf(o))] : [],
    ),
    output: made,
    opset,
    domain,
  });
}

/** A small convolutional net with shape arithmetic, a branch and a dense head. */
function net(random: Random): Uint8Array {
  const weights = (name: string, shape: number[]) => tensorProto(name, dataOf(shape, random), 'float32');
  return model({
    node: [
      node('Conv', ['x', 'w1', 'b1'], ['a'], { pads: [1, 1, 1, 1] }),
      node('BatchNormalization', ['a', 'b1', 'b1', 'b1', 'one'], ['b']),
      node('Relu', ['b'], ['c']),
      node('Conv', ['c', 'w2'], ['d'], { pads: [1, 1, 1, 1], group: { i: 4 } }),
      node('Add', ['c', 'd'], ['e']),
      node('MaxPool', ['e'], ['f'], { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Shape', ['f'], ['s']),
      node('Gather', ['s', 'first'], ['n']),
      node('Unsqueeze', ['n', 'zero'], ['n1']),
      node('Concat', ['n1', 'rest'], ['shape'], { axis: { i: 0 } }),
      node('Reshape', ['f', 'shape'], ['flat']),
      node('Gemm', ['flat', 'w3', 'b3'], ['g'], { transB: { i: 1 } }),
      node('Softmax', ['g'], ['y'], { axis: { i: 1 } }),
    ],
    input: [valueInfo('x', 'float32', [1, 2, 6, 6])],
    initializer: [
      weights('w1', [4, 2, 3, 3]),
      weights('b1', [4]),
      weights('w2', [4, 1, 3, 3]),
      weights('w3', [3, 36]),
      weights('b3', [3]),
      tensorProto('one', tensor('float32', [4], [1, 1, 1, 1]), 'float32'),
      tensorProto('zero', tensor('int64', [1], [0]), 'int64'),
      tensorProto('first', tensor('int64', [], [0]), 'int64'),
      tensorProto('rest', tensor('int64', [1], [-1]), 'int64'),
    ],
    output: ['y'],
  });
}

/** A net in QDQ form: 8-bit activations, weights with a scale for each channel. */
function quantised(random: Random): Uint8Array {
  const scalar = (name: string, type: DType, value: number) =>
    tensorProto(name, tensor(type, [], [value]), type);
  const pair = (x: string, q: string, y: string) => [
    node('QuantizeLinear', [x, 's', 'z'], [q]),
    node('DequantizeLinear', [q, 's', 'z'], [y]),
  ];
  const bytes = Array.from({ length: 72 }, () => random.int(-127, 127));
  return model({
    node: [
      ...pair('x', 'xq', 'xd'),
      node('DequantizeLinear', ['w', 'ws', 'wz'], ['wd'], { axis: { i: 0 } }),
      node('Conv', ['xd', 'wd'], ['a']),
      ...pair('a', 'aq', 'ad'),
      node('Add', ['ad', 'ad'], ['b']),
      ...pair('b', 'bq', 'y'),
    ],
    input: [valueInfo('x', 'float32', [1, 2, 6, 6])],
    initializer: [
      scalar('s', 'float32', 0.05),
      scalar('z', 'uint8', 128),
      tensorProto('w', tensor('int8', [4, 2, 3, 3], bytes), 'int8'),
      tensorProto('ws', tensor('float32', [4], [0.1, 0.2, 0.3, 0.4]), 'float32'),
      tensorProto('wz', tensor('int8', [4], [0, 0, 0, 0]), 'int8'),
    ],
    output: ['y'],
  });
}

const branch = (op: string): Uint8Array =>
  encode(graphSchema, {
    name: op,
    node: [node(op, ['x', 'x'], ['result'])],
    initializer: [],
    sparseInitializer: [],
    input: [],
    output: [valueInfo('result', 'float32', [3])],
  } as never);

const subgraph = (name: string, g: Uint8Array) => ({ name, g, type: 5, floats: [], ints: [], strings: [] });

/** Both branches of a condition that is computed. */
function conditional(): Uint8Array {
  const choice = {
    ...node('If', ['c'], ['y']),
    attribute: [subgraph('then_branch', branch('Add')), subgraph('else_branch', branch('Mul'))],
  };
  const input = [valueInfo('c', 'bool', []), valueInfo('x', 'float32', [3])];
  return model({ node: [choice], input, output: ['y'] });
}

/** A loop of three steps over one carried value. */
function loop(): Uint8Array {
  const body = encode(graphSchema, {
    name: 'body',
    node: [node('Add', ['v', 'v'], ['w']), node('Identity', ['go'], ['on'])],
    initializer: [],
    sparseInitializer: [],
    input: [valueInfo('i', 'int64', []), valueInfo('go', 'bool', []), valueInfo('v', 'float32', [3])],
    output: [valueInfo('on', 'bool', []), valueInfo('w', 'float32', [3])],
  } as never);
  const steps = { ...node('Loop', ['n', 'yes', 'x'], ['y']), attribute: [subgraph('body', body)] };
  const initializer = [
    tensorProto('n', tensor('int64', [], [3]), 'int64'),
    tensorProto('yes', tensor('bool', [], [1]), 'bool'),
  ];
  return model({ node: [steps], input: [valueInfo('x', 'float32', [3])], initializer, output: ['y'] });
}

function classical(): Uint8Array[] {
  const shape = { trees: 3, depth: 3, features: 4, targets: 2 };
  const x = { type: 'float', shape: ['n', 4] } as const;
  const one = (op: string, attributes: object, outputs: object) =>
    mlModel({
      nodes: [{ op, outputs: Object.keys(outputs), attributes: attributes as never }],
      inputs: { x },
      outputs: outputs as never,
    });
  return [
    one(
      'TreeEnsembleClassifier',
      {
        ...randomForest(1, { ...shape, prefix: 'class' }),
        classlabels_int64s: [0, 1],
        post_transform: 'SOFTMAX',
      },
      { label: 'int64', scores: 'float' },
    ),
    one(
      'TreeEnsembleRegressor',
      { ...randomForest(2, { ...shape, prefix: 'target' }), n_targets: { i: 2 } },
      { y: 'float' },
    ),
    one(
      'LinearClassifier',
      {
        coefficients: { floats: [1, 2, 3, 4, 5, 6, 7, 8] },
        intercepts: { floats: [0, 1] },
        classlabels_strings: { strings: ['a', 'b'] },
      },
      { label: 'string', scores: 'float' },
    ),
    one('Scaler', { offset: { floats: [1, 2, 3, 4] }, scale: { floats: [1, 2, 3, 4] } }, { y: 'float' }),
    one('Normalizer', { norm: 'L2' }, { y: 'float' }),
    one('Imputer', { imputed_value_floats: { floats: [1, 2, 3, 4] } }, { y: 'float' }),
    one(
      'SVMRegressor',
      {
        coefficients: { floats: [1, -1] },
        support_vectors: { floats: [1, 2, 3, 4, 5, 6, 7, 8] },
        kernel_params: { floats: [0.5, 0, 3] },
        kernel_type: 'RBF',
        n_supports: { i: 2 },
        rho: { floats: [0.5] },
      },
      { y: 'float' },
    ),
  ];
}

/** ONNX files that are read without an error, drawn from `seed`: each op on its own, and small nets. */
export function onnxSeeds(seed: number): Uint8Array[] {
  const random = new Random(seed);
  return [
    ...cases.map((one) => single(one, random)),
    net(random),
    quantised(random),
    conditional(),
    loop(),
    ...classical(),
  ];
}
