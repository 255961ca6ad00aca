import { afterAll, describe, expect, test } from 'vitest';
import { openCalibration } from '../../src/cli/calibration.ts';
import { compileModel, type Executor } from '../../src/compiler/index.ts';
import {
  type DatasetSpec,
  type Evaluation,
  evaluateModel,
  openDataset,
  pearson,
} from '../../src/evaluate/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { hasZoo, zooPath } from '../e2e/zoo.ts';
import * as data from './data.ts';

const lines: string[] = [];
afterAll(() => console.log(lines.join('\n')));

const executor: Executor = (bytes, options) => loadModel(bytes, options);
const target = { name: 'host' };

async function evaluateFloat(model: string, held: string): Promise<Evaluation> {
  return evaluatePackage((await compileModel({ model, precision: 'float32', target })).package, held);
}

async function evaluatePackage(bytes: Uint8Array, held: string): Promise<Evaluation> {
  const session = await loadModel(bytes, { executor: 'native' });
  try {
    return evaluateModel(session, await openDataset(held));
  } finally {
    session.dispose();
  }
}

interface Comparison {
  float: Evaluation;
  int8: Evaluation;
}

/** A model in float and in int8, as `compile --calibrate --eval` makes and measures them. */
async function compare(path: string, calibration: DatasetSpec, evaluation: DatasetSpec): Promise<Comparison> {
  const model = zooPath(path);
  const given = await openCalibration({
    model,
    data: data.zooData('calibration', calibration),
    limit: 256,
  });
  const int8 = await compileModel({ model, precision: 'int8', target, executor, ...given });
  expect(int8.manifest.floatIslands).toEqual([]);
  const held = data.zooData('evaluation', evaluation);
  lines.push(`${path}  calibrated on ${given.calibration.samples.length}`);
  return { float: await evaluateFloat(model, held), int8: await evaluatePackage(int8.package, held) };
}

const hits = ({ samples, metrics }: Evaluation): number => Math.round((metrics.top1 ?? 0) * samples);

describe.skipIf(!hasZoo)('int8 keeps the accuracy of the float model', () => {
  test.each([
    'mlperf_tiny/models/kws_true_float_qualcomm.tflite',
    'derived_onnx/mlperf_kws_model_qualcomm.onnx',
  ])('keyword spotting: %s', async (path) => {
    const { float, int8 } = await compare(path, data.speechCalibration, data.speechEvaluation);
    lines.push(`  top-1 of ${float.samples}: float ${hits(float)}, int8 ${hits(int8)}`);
    expect(float.samples).toBe(400);
    expect(hits(int8)).toBeGreaterThanOrEqual(hits(float) - 4);
  });

  test.each([
    'mlperf_tiny/models/pretrainedResnet.tflite',
    'mlperf_tiny/models/onnx_float/pretrainedResnet.onnx',
  ])('image classification: %s', async (path) => {
    const { float, int8 } = await compare(path, data.pictureCalibration, data.pictureEvaluation);
    lines.push(`  top-1 of ${float.samples}: float ${hits(float)}, int8 ${hits(int8)}`);
    expect(float.samples).toBe(105);
    expect(hits(int8)).toBeGreaterThanOrEqual(hits(float) - 2);
  });

  test.each([
    'onnx_float/ort/mnist-8.onnx',
    'derived_onnx/tinymaix_mnist_arduino.onnx',
    'derived_onnx/tinymaix_mnist_fc.onnx',
    'derived_onnx/tinymaix_mnist_valid.onnx',
    'tinymaix/models/tflite/mnist_dw_f.tflite',
  ])('digits: %s', async (path) => {
    const { float, int8 } = await compare(path, data.digitCalibration, data.digitEvaluation);
    lines.push(`  top-1 of ${float.samples}: float ${hits(float)}, int8 ${hits(int8)}`);
    expect(float.samples).toBe(5700);
    expect(hits(int8)).toBeGreaterThanOrEqual(hits(float) - 57);
  });

  test('anomaly detection is better than the published int8 model', async () => {
    const path = 'mlperf_tiny/models/ad01_fp32.tflite';
    const { float, int8 } = await compare(path, data.machineCalibration, data.machineEvaluation);
    const theirs = await evaluateFloat(
      zooPath('mlperf_tiny/models/ad01_int8.tflite'),
      data.zooData('evaluation', data.machineEvaluation),
    );
    const windows = (of: Evaluation): readonly number[] => of.windowScores ?? [];
    const [ours, published] = [int8, theirs].map((of) => pearson(windows(of), windows(float)));
    const auc = [float, int8, theirs].map((of) => of.metrics.auc ?? 0);
    lines.push(
      `  AUC of ${float.samples} files: float ${auc[0].toFixed(4)}, int8 ${auc[1].toFixed(4)}, published int8 ${auc[2].toFixed(4)}`,
      `  correlation with float over ${windows(float).length} windows: int8 ${ours.toFixed(4)}, published int8 ${published.toFixed(4)}`,
    );
    expect(float.samples).toBe(111);
    expect(auc[1]).toBeGreaterThan(auc[2]);
    expect(ours).toBeGreaterThan(published);
  });
});
