import { describe, expect, test } from 'vitest';
import {
  byte,
  int,
  ModelWriter,
  type Options,
  options,
  float as real32,
} from '../../src/compiler/formats/tflite/write/model-writer.ts';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, Random, type Tensor, type TensorType, tensor } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { TfliteOracle } from '../oracles/tflite.ts';

/** Ids of options tables that only these tests write. */
const tables = {
  topK: 34,
  oneHot: 61,
  floorDiv: 65,
  floorMod: 72,
  gatherNd: 83,
  scatterNd: 97,
  cumSum: 102,
  reducer: 27,
  reverseSequence: 87,
  fakeQuant: 58,
  conv3d: 106,
  pool: 5,
};

interface Sample {
  builtin: string;
  /** Behind it come the constants, but for the first `constantsFirst`. */
  input: TensorType;
  constants: Tensor[];
  constantsFirst?: number;
  outputs: TensorType[];
  options?: Options;
}

const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
const ints = (...shape: number[]): TensorType => ({ dtype: 'int32', shape });
const list = (shape: number[], values: number[]): Tensor => tensor('int32', shape, values);
const real = (values: number[]): Tensor =>
  tensor('float32', values.length === 1 ? [] : [values.length], values);

const weightSource = new Random(17);
const weights = (...shape: number[]): Tensor =>
  tensor(
    'float32',
    shape,
    Float32Array.from({ length: elementCount(shape) }, () => weightSource.normal()),
  );

/** Padding, strides and dilations of a window over volumes, depth, columns and rows each; and its activation. */
const volume = (padding: number, strides: number[], dilations: number[], activation = 0): Options =>
  options(tables.conv3d, byte(padding), ...strides.map(int), byte(activation), ...dilations.map(int));

const samples: Record<string, Sample> = {
  ReverseSequence: {
    builtin: 'REVERSE_SEQUENCE',
    input: float(3, 5, 2),
    constants: [list([3], [5, 0, 3])],
    outputs: [float(3, 5, 2)],
    options: options(tables.reverseSequence, int(1), int(0)),
  },
  MatrixDiag: {
    builtin: 'MATRIX_DIAG',
    input: float(2, 3),
    constants: [],
    outputs: [float(2, 3, 3)],
  },
  EmbeddingLookup: {
    builtin: 'EMBEDDING_LOOKUP',
    input: { dtype: 'int32', shape: [4] },
    constants: [weights(6, 3)],
    outputs: [float(4, 3)],
  },
  FakeQuant: {
    builtin: 'FAKE_QUANT',
    input: float(40),
    constants: [],
    outputs: [float(40)],
    options: options(tables.fakeQuant, real32(-0.7), real32(1.1), int(4), byte(0)),
  },
  'FakeQuant of 8 bits': {
    builtin: 'FAKE_QUANT',
    input: float(40),
    constants: [],
    outputs: [float(40)],
    options: options(tables.fakeQuant, real32(-1.25), real32(1.25), int(8), byte(0)),
  },
  L2Pool: {
    builtin: 'L2_POOL_2D',
    input: float(1, 5, 6, 2),
    constants: [],
    outputs: [float(1, 3, 3, 2)],
    options: options(tables.pool, byte(0), ...[2, 2, 3, 3].map(int), byte(0)),
  },
  Conv3d: {
    builtin: 'CONV_3D',
    input: float(2, 5, 6, 4, 3),
    constants: [weights(3, 2, 2, 3, 4), weights(4)],
    outputs: [float(2, 3, 3, 4, 4)],
    options: volume(0, [2, 1, 2], [1, 1, 1], 1),
  },
  'Conv3d, VALID, dilated': {
    builtin: 'CONV_3D',
    input: float(1, 5, 6, 4, 2),
    constants: [weights(2, 2, 2, 2, 3)],
    outputs: [float(1, 3, 4, 3, 3)],
    options: volume(1, [1, 1, 1], [2, 1, 2]),
  },
  Conv3dTranspose: {
    builtin: 'CONV_3D_TRANSPOSE',
    input: float(1, 3, 2, 4, 3),
    constants: [list([5], [1, 6, 4, 4, 2]), weights(3, 2, 2, 2, 3), weights(2)],
    constantsFirst: 2,
    outputs: [float(1, 6, 4, 4, 2)],
    options: volume(0, [2, 1, 2], [1, 1, 1]),
  },
  'Conv3dTranspose, VALID': {
    builtin: 'CONV_3D_TRANSPOSE',
    input: float(2, 3, 2, 4, 2),
    constants: [list([5], [2, 8, 4, 5, 3]), weights(3, 3, 2, 3, 2)],
    constantsFirst: 2,
    outputs: [float(2, 8, 4, 5, 3)],
    options: volume(1, [2, 1, 1], [1, 1, 1]),
  },
  TopK: {
    builtin: 'TOPK_V2',
    input: float(3, 9),
    constants: [list([], [4])],
    outputs: [float(3, 4), ints(3, 4)],
    options: options(tables.topK),
  },
  GatherNd: {
    builtin: 'GATHER_ND',
    input: float(4, 3, 2),
    constants: [list([3, 2], [0, 2, 3, 1, 1, 0])],
    outputs: [float(3, 2)],
    options: options(tables.gatherNd),
  },
  ScatterNd: {
    builtin: 'SCATTER_ND',
    input: float(3, 2),
    constants: [list([3, 1], [1, 0, 1]), list([2], [4, 2])],
    constantsFirst: 1,
    outputs: [float(4, 2)],
    options: options(tables.scatterNd),
  },
  OneHot: {
    builtin: 'ONE_HOT',
    input: ints(5),
    constants: [list([], [4]), real([2]), real([-1])],
    outputs: [float(5, 4)],
    options: options(tables.oneHot, int(-1)),
  },
  CumSum: {
    builtin: 'CUMSUM',
    input: float(2, 5),
    constants: [list([], [1])],
    outputs: [float(2, 5)],
    options: options(tables.cumSum, byte(1), byte(1)),
  },
  'FloorMod of integers': {
    builtin: 'FLOOR_MOD',
    input: ints(6),
    constants: [list([6], [3, -3, 2, -2, 1, 4])],
    outputs: [ints(6)],
    options: options(tables.floorMod),
  },
  'FloorDiv of integers': {
    builtin: 'FLOOR_DIV',
    input: ints(6),
    constants: [list([6], [3, -3, 2, -2, 1, 4])],
    outputs: [ints(6)],
    options: options(tables.floorDiv),
  },
};

function fileOf({ builtin, input, constants, constantsFirst = 0, outputs, options: opts }: Sample) {
  const writer = new ModelWriter(false);
  const fed = writer.tensor('x', input);
  const held = constants.map((t, i) => writer.tensor(`c${i}`, { dtype: t.dtype, shape: t.shape }, t));
  const made = outputs.map((type, i) => writer.tensor(`y${i}`, type));
  const operands = [...held.slice(0, constantsFirst), fed, ...held.slice(constantsFirst)];
  writer.operator(builtin, 1, operands, made, opts);
  return writer.finish('sample', [fed], made);
}

function drawn(random: Random, { dtype, shape }: TensorType): Float32Array | Int32Array {
  const values = Array.from({ length: elementCount(shape) }, () =>
    dtype === 'int32' ? random.int(-2, 5) : random.normal(),
  );
  return dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
}

describe('operators give the values of TFLite', () => {
  test.each(Object.entries(samples))('%s', async (_, sample) => {
    const model = fileOf(sample);
    const data = drawn(new Random(3), sample.input);
    const expected = (await TfliteOracle.open(model)).run([data]);
    const { package: bytes } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
    const session = await loadModel(bytes);
    const outputs = session.runSync({ x: data });
    session.outputs.forEach(({ name }, i) => {
      const found = Array.from(outputs[name].data, Number);
      expect(found.length).toBe(expected[i].data.length);
      found.forEach((v, k) => {
        expect(v).toBeCloseTo(expected[i].data[k], 5);
      });
    });
    session.dispose();
  });
});
