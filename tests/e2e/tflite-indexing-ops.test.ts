import { describe, expect, test } from 'vitest';
import {
  byte,
  int,
  ModelWriter,
  type Options,
  options,
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

const samples: Record<string, Sample> = {
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

describe('indexing operators give the values of TFLite', () => {
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
