import type { Builder } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import {
  byte,
  float,
  int,
  ModelWriter,
  type Options,
  options,
} from '../../src/compiler/formats/tflite/write/model-writer.ts';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, Random, type TensorType, tensor } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { TfliteOracle } from '../oracles/tflite.ts';

const random = new Random(6);

/** Operands: the input, constants by their shapes, states that begin at zero, none. */
type Operand = readonly number[] | { readonly state: readonly number[] } | undefined;

interface Sample {
  readonly builtin: string;
  readonly operands: readonly Operand[];
  readonly outputs: readonly (readonly number[])[];
  readonly options: Options;
}

const state = (...shape: number[]) => ({ state: shape });
const many = (count: number, ...shape: number[]): number[][] => new Array(count).fill(shape);
const none = (count: number): undefined[] => new Array(count).fill(undefined);
const tanh = byte(4);

const lstm: readonly Operand[] = [...many(4, 5, 3), ...many(4, 5, 5), ...none(3), ...many(4, 5), ...none(2)];
const rnn: readonly Operand[] = [[5, 3], [5, 5], [5]];

const samples: Record<string, Sample> = {
  'SVDF of rank 1': {
    builtin: 'SVDF',
    operands: [[2, 3], [4, 3], [4, 6], undefined, state(2, 24)],
    outputs: [[2, 4]],
    options: options(6, int(1), byte(0)),
  },
  'SVDF of rank 2 with a bias and a bound': {
    builtin: 'SVDF',
    operands: [[1, 3], [8, 3], [8, 5], [4], state(1, 40)],
    outputs: [[1, 4]],
    options: options(6, int(2), byte(1)),
  },
  'RNN of one step': {
    builtin: 'RNN',
    operands: [[2, 3], ...rnn, state(2, 5)],
    outputs: [[2, 5]],
    options: options(7, tanh),
  },
  'RNN of both directions, apart': {
    builtin: 'BIDIRECTIONAL_SEQUENCE_RNN',
    operands: [[2, 4, 3], ...rnn, state(2, 5), ...rnn, state(2, 5), ...none(3)],
    outputs: [
      [2, 4, 5],
      [2, 4, 5],
    ],
    options: options(70, byte(0), tanh, byte(0)),
  },
  'LSTM of both directions, side by side': {
    builtin: 'BIDIRECTIONAL_SEQUENCE_LSTM',
    operands: [[4, 2, 3], ...lstm, ...lstm, ...[1, 2, 3, 4].map(() => state(2, 5)), ...none(9)],
    outputs: [[4, 2, 10]],
    options: options(69, tanh, float(0), float(0), byte(1), byte(1)),
  },
};

const isVariable = (b: Builder) => [() => b.addFieldInt8(5, 1, 0)];

function fileOf({ builtin, operands, outputs, options: opts }: Sample): Uint8Array {
  const writer = new ModelWriter(false);
  const real = (shape: readonly number[]): TensorType => ({ dtype: 'float32', shape });
  const ids = operands.map((operand, i) => {
    if (operand === undefined) return -1;
    if ('state' in operand) return writer.tensor(`state${i}`, real(operand.state), undefined, isVariable);
    if (i === 0) return writer.tensor('x', real(operand));
    const data = Float32Array.from({ length: elementCount(operand) }, () => random.normal(0, 0.4));
    return writer.tensor(`c${i}`, real(operand), tensor('float32', operand, data));
  });
  const made = outputs.map((shape, i) => writer.tensor(`y${i}`, real(shape)));
  writer.operator(builtin, 1, ids, made, opts);
  return writer.finish('sample', [ids[0]], made);
}

describe('recurrent operators give the values of TFLite, run after run', () => {
  test.each(Object.entries(samples))('%s', async (_, sample) => {
    const model = fileOf(sample);
    const oracle = await TfliteOracle.open(model);
    const { package: bytes } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
    const session = await loadModel(bytes);
    const length = elementCount(sample.operands[0] as readonly number[]);
    for (let step = 0; step < 8; step++) {
      const x = Float32Array.from({ length }, () => random.normal());
      const expected = oracle.run([x]);
      const found = session.runSync({ x });
      expected.forEach(({ data }, i) => {
        const own = found[session.outputs[i].name].data;
        expect(own).toHaveLength(data.length);
        Array.from(data).forEach((v, k) => {
          expect(Number(own[k])).toBeCloseTo(v, 5);
        });
      });
    }
    session.dispose();
    oracle.close();
  });
});
