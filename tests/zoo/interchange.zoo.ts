import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { openCalibration } from '../../src/cli/calibration.ts';
import {
  type Compiled,
  compileModel,
  type Executor,
  type Graph,
  writeFormat,
} from '../../src/compiler/index.ts';
import { type QuantParams, rne, type TensorType } from '../../src/core/index.ts';
import {
  type DatasetSpec,
  modelInput,
  openDataset,
  realInput,
  spreadIndexes,
} from '../../src/evaluate/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { hasZoo, zooPath } from '../e2e/zoo.ts';
import { quantisedTensors, showing } from '../oracles/onnx-inside.ts';
import { qOperatorOnnx } from '../oracles/onnx-qoperator.ts';
import { OrtOracle } from '../oracles/ort.ts';
import { TfliteOracle } from '../oracles/tflite.ts';
import * as data from './data.ts';
import { printTable } from './table.ts';

const faces: DatasetSpec = {
  format: 'mlperf-tiny',
  path: 'mlperf_tiny/data/vww01',
  dtype: 'uint8',
  shape: [96, 96, 3],
  layout: 'NHWC',
  scale: 1 / 127.5,
  zeroPoint: 127.5,
  resize: { height: 128, width: 128, fit: 'stretch', method: 'bilinear' },
};

const models = [
  {
    name: 'KWS',
    path: 'mlperf_tiny/models/kws_true_float_qualcomm.tflite',
    calibration: data.speechCalibration,
    evaluation: data.speechEvaluation,
  },
  {
    name: 'ResNet-8',
    path: 'mlperf_tiny/models/pretrainedResnet.tflite',
    calibration: data.pictureCalibration,
    evaluation: data.pictureEvaluation,
  },
  {
    name: 'AD',
    path: 'mlperf_tiny/models/ad01_fp32.tflite',
    calibration: data.machineCalibration,
    evaluation: data.machineEvaluation,
  },
  {
    name: 'MobileNetV2',
    path: 'st_zoo/models_onnx/mobilenet_v2_128_0.5.onnx',
    calibration: { ...faces, select: { step: 2 } },
    evaluation: { ...faces, select: { step: 2, except: true } },
  },
];

/** Share of elements that has to be equal in ONNX Runtime. */
const ortShare = 0.995;

const executor: Executor = (bytes, options) => loadModel(bytes, options);
const target = { name: 'host' };
const samples = 64;

/** Of the one output of each sample: its integers. */
type Outputs = Int8Array[];

/** One input as reals and as the integers of the model. */
interface Sample {
  real: Float32Array;
  integer: Int8Array;
}

const sha256 = (outputs: Outputs): string => {
  const hash = createHash('sha256');
  for (const o of outputs) hash.update(o);
  return hash.digest('hex');
};

interface Bundle {
  compiled: Compiled;
  graph: Graph;
}

/** A model in int8 with borders of reals or of integers. */
async function quantised(
  { path, calibration }: (typeof models)[number],
  io: 'real' | 'int8',
): Promise<Bundle> {
  const model = zooPath(path);
  const given = await openCalibration({ model, data: data.zooData('calibration', calibration), limit: 104 });
  const compiled = await compileModel({ model, precision: 'int8', io, target, executor, ...given });
  expect(compiled.manifest.floatIslands).toEqual([]);
  return { compiled, graph: compiled.quantizedGraph as Graph };
}

async function heldOut(evaluation: DatasetSpec, type: TensorType): Promise<Sample[]> {
  const held = await openDataset(data.zooData('held', evaluation));
  return spreadIndexes(held.count, samples).map((i) => ({
    real: realInput(held.sample(i), type),
    integer: modelInput(held.sample(i), type) as Int8Array,
  }));
}

/** Integers as they are; reals, which are exact multiples of the scale, as the integers that they stand for. */
const integers = (values: ArrayLike<number>, { scale, zeroPoint }: QuantParams): Int8Array =>
  values instanceof Int8Array ? values : Int8Array.from(values, (v) => rne(v / scale[0]) + zeroPoint[0]);

async function runPackage(
  bytes: Uint8Array,
  inputs: readonly Sample[],
  output: QuantParams,
): Promise<Outputs> {
  const session = await loadModel(bytes);
  const [{ name, type }] = session.inputs;
  const outputs = inputs.map(({ real, integer }) => {
    const [found] = Object.values(session.runSync({ [name]: type.dtype === 'float32' ? real : integer }));
    return integers(found.data as Int8Array, output);
  });
  session.dispose();
  return outputs;
}

/** What edgec makes of an exported file. */
async function readBack(model: Uint8Array, inputs: readonly Sample[], output: QuantParams): Promise<string> {
  const { package: bytes, manifest } = await compileModel({ model, precision: 'int8', target });
  expect(manifest.floatIslands).toEqual([]);
  return sha256(await runPackage(bytes, inputs, output));
}

async function runTflite(model: Uint8Array, inputs: readonly Sample[]): Promise<Outputs> {
  const oracle = await TfliteOracle.open(model);
  const outputs = inputs.map(({ integer }) => Int8Array.from(oracle.run([integer])[0].data));
  oracle.close();
  return outputs;
}

interface OrtRun {
  outputs: Outputs;
  /** Share of equal elements over every quantised tensor. */
  inside: number;
}

/** An ONNX model in ONNX Runtime: its output, and every quantised tensor beside what edgec computes there. */
async function runOrt(
  model: Uint8Array,
  tensors: readonly string[],
  inputs: readonly Sample[],
  output: QuantParams,
): Promise<OrtRun> {
  const shown = showing(model, tensors);
  const oracle = await OrtOracle.open(shown);
  const session = await loadModel((await compileModel({ model: shown, precision: 'int8', target })).package);
  const [{ name, type }] = session.inputs;
  const outputs: Outputs = [];
  let [elements, equal] = [0, 0];
  for (const { real } of inputs) {
    const theirs = await oracle.run({ [name]: { data: real, shape: type.shape } });
    const ours = session.runSync({ [name]: real });
    for (const tensor of tensors) {
      const found = theirs.get(tensor) as Uint8Array;
      elements += found.length;
      equal += found.filter((v, i) => v === ours[tensor].data[i]).length;
    }
    outputs.push(integers([...theirs.values()][0] as Float32Array, output));
  }
  await oracle.close();
  session.dispose();
  return { outputs, inside: equal / elements };
}

const argMax = (values: Int8Array): number => values.indexOf(Math.max(...values));

interface Agreement {
  equal: number;
  greatest: number;
  flips: number;
}

function agreement(found: Outputs, expected: Outputs): Agreement {
  let [elements, equal, greatest] = [0, 0, 0];
  for (const [k, of] of expected.entries()) {
    expect(found[k].length).toBe(of.length);
    elements += of.length;
    for (let i = 0; i < of.length; i++) {
      if (of[i] === found[k][i]) equal++;
      greatest = Math.max(greatest, Math.abs(of[i] - found[k][i]));
    }
  }
  const flips = expected.filter((of, k) => argMax(of) !== argMax(found[k])).length;
  return { equal: equal / elements, greatest, flips };
}

const percent = (share: number): string =>
  Number.isNaN(share) ? '-' : `${(100 * share).toFixed(share === 1 ? 0 : 3)} %`;

describe.skipIf(!hasZoo)('our int8 models mean the same elsewhere', () => {
  const rows: (string | number)[][] = [];
  afterAll(() => {
    const head = [
      'model',
      'samples',
      'form',
      'runtime',
      'equal',
      'greatest',
      'arg-max flips',
      'sha256 of edgec',
    ];
    printTable('Our int8 models in other runtimes and read back', head, rows);
  });

  test.each(models)('$name', async (model) => {
    const stored = await quantised(model, 'int8');
    const real = await quantised(model, 'real');
    const session = await loadModel(stored.compiled.package);
    const [[input], output] = [session.inputs, session.outputs[0].type.quant as QuantParams];
    session.dispose();
    const inputs = await heldOut(model.evaluation, input.type);
    const ours = await runPackage(stored.compiled.package, inputs, output);
    const hash = sha256(ours);
    expect(sha256(await runPackage(real.compiled.package, inputs, output)), 'reals at the borders').toBe(
      hash,
    );
    rows.push([model.name, inputs.length, 'package', '', '', '', '', '', hash.slice(0, 16)]);

    const row = async (
      form: string,
      runtime: string,
      file: Uint8Array,
      theirs: OrtRun,
    ): Promise<Agreement> => {
      const found = agreement(theirs.outputs, ours);
      const read = await readBack(file, inputs, output);
      const cells = [
        percent(found.equal),
        found.greatest,
        found.flips,
        percent(theirs.inside),
        read.slice(0, 16),
      ];
      rows.push([model.name, inputs.length, form, runtime, ...cells]);
      expect.soft(read, `${form} read back`).toBe(hash);
      expect.soft(found.flips, `${form} in ${runtime}`).toBe(0);
      return found;
    };
    const tflite = writeFormat(stored.graph, 'tflite');
    const inTflite = { outputs: await runTflite(tflite, inputs), inside: Number.NaN };
    const { equal } = await row('TFLite', 'tfjs-tflite', tflite, inTflite);
    expect.soft(equal, 'TFLite in tfjs-tflite').toBe(1);

    const qdq = writeFormat(real.graph, 'onnx');
    const tensors = quantisedTensors(qdq);
    for (const [form, file] of [
      ['QDQ ONNX', qdq],
      ['QOperator ONNX', qOperatorOnnx(qdq)],
    ] as const) {
      const inOrt = await runOrt(file, tensors, inputs, output);
      const { equal, greatest } = await row(form, 'onnxruntime', file, inOrt);
      expect.soft(inOrt.inside, `${form}: every tensor`).toBeGreaterThanOrEqual(ortShare);
      expect.soft(greatest, `${form}: output`).toBeLessThanOrEqual(1);
      expect.soft(equal, `${form}: output`).toBeGreaterThanOrEqual(ortShare);
    }
  });
});
