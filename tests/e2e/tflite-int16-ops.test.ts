import { describe, expect, test } from 'vitest';
import { optionTables } from '../../src/compiler/formats/tflite/schema.ts';
import {
  byte,
  float,
  int,
  ModelWriter,
  type Options,
  options,
} from '../../src/compiler/formats/tflite/write/model-writer.ts';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, f32, Random, type Tensor, type TensorType, tensor } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { TfliteOracle } from '../oracles/tflite.ts';

/** An operator between QUANTIZE to int16 and DEQUANTIZE: shapes and scales of its operands and of its result. */
interface Sample {
  builtin: string;
  inputs: readonly (readonly [shape: readonly number[], scale: number])[];
  constants?: Tensor[];
  output: readonly [shape: readonly number[], scale: number];
  options?: Options;
  /** How many units of the output TFLite and edgec may stand apart. */
  units?: number;
}

const int16 = (shape: readonly number[], scale: number): TensorType => ({
  dtype: 'int16',
  shape,
  quant: { scale: [f32(scale)], zeroPoint: [0] },
});
const real = (shape: readonly number[]): TensorType => ({ dtype: 'float32', shape });
const image = [1, 6, 5, 4];
const pool = options(optionTables.pool2d, byte(0), ...[2, 2, 3, 3].map(int), byte(0));
const axes = tensor('int32', [2], [1, 2]);

const samples: Record<string, Sample> = {
  Mul: {
    builtin: 'MUL',
    inputs: [
      [image, 1e-4],
      [image, 1.3e-4],
    ],
    output: [image, 3e-4],
    options: options(optionTables.mul, byte(0)),
  },
  'Mul, Relu6': {
    builtin: 'MUL',
    inputs: [
      [image, 1e-4],
      [image, 1.3e-4],
    ],
    output: [image, 3e-4],
    options: options(optionTables.mul, byte(3)),
  },
  Maximum: {
    builtin: 'MAXIMUM',
    inputs: [
      [image, 1e-4],
      [image, 1e-4],
    ],
    output: [image, 1e-4],
    options: options(optionTables.maximumMinimum),
  },
  AveragePool: {
    builtin: 'AVERAGE_POOL_2D',
    inputs: [[image, 1e-4]],
    output: [[1, 3, 3, 4], 1e-4],
    options: pool,
    units: 1,
  },
  MaxPool: { builtin: 'MAX_POOL_2D', inputs: [[image, 1e-4]], output: [[1, 3, 3, 4], 1e-4], options: pool },
  Mean: {
    builtin: 'MEAN',
    inputs: [[image, 1e-4]],
    constants: [axes],
    output: [[1, 1, 1, 4], 7e-5],
    options: options(optionTables.reducer, byte(1)),
  },
  Sigmoid: { builtin: 'LOGISTIC', inputs: [[image, 1e-4]], output: [image, 1 / 32768], units: 1 },
  Tanh: { builtin: 'TANH', inputs: [[image, 1e-4]], output: [image, 1 / 32768], units: 2 },
  Softmax: {
    builtin: 'SOFTMAX',
    inputs: [[[2, 9], 1e-4]],
    output: [[2, 9], 1 / 32768],
    options: options(optionTables.softmax, float(1)),
    units: 1,
  },
};

/** Rows of float inputs that are quantised, pass the operator, and are real again. */
function fileOf({ builtin, inputs, constants = [], output, options: opts }: Sample): Uint8Array {
  const writer = new ModelWriter(false);
  const fed = inputs.map(([shape], i) => writer.tensor(`x${i}`, real(shape)));
  const stored = inputs.map(([shape, scale], i) => writer.tensor(`q${i}`, int16(shape, scale)));
  fed.forEach((x, i) => {
    writer.operator('QUANTIZE', 1, [x], [stored[i]], options(optionTables.quantize));
  });
  const held = constants.map((t, i) => writer.tensor(`c${i}`, { dtype: t.dtype, shape: t.shape }, t));
  const made = writer.tensor('made', int16(...output));
  writer.operator(builtin, builtin === 'MUL' ? 4 : 3, [...stored, ...held], [made], opts);
  const y = writer.tensor('y', real(output[0]));
  writer.operator('DEQUANTIZE', 3, [made], [y], options(optionTables.dequantize));
  return writer.finish('sample', fed, [y]);
}

describe('int16 operators that run in real numbers are as TFLite has them, but for roundings', () => {
  test.each(Object.entries(samples))('%s', async (_, sample) => {
    const random = new Random(5);
    const model = fileOf(sample);
    const data = sample.inputs.map(([shape, scale]) =>
      Float32Array.from({ length: elementCount(shape) }, () => random.uniform(-33000, 33000) * scale),
    );
    const [expected] = (await TfliteOracle.open(model)).run(data);
    const { package: bytes } = await compileModel({ model, precision: 'int8', target: { name: 'host' } });
    for (const executor of ['native', 'reference'] as const) {
      const session = await loadModel(bytes, { executor });
      const { y } = session.runSync(Object.fromEntries(data.map((values, i) => [`x${i}`, values])));
      session.dispose();
      expect(y.data.length).toBe(expected.data.length);
      const found = Array.from(y.data as Float32Array);
      const apart = found.map((v, i) => Math.abs(v - expected.data[i]) / sample.output[1]);
      expect(Math.max(...apart), executor).toBeLessThan((sample.units ?? 0) + 0.5);
    }
  });
});
