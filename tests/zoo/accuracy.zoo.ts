import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const folder = mkdtempSync(join(tmpdir(), 'edgec-accuracy-'));
const lines: string[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${lines.join('\n')}\n`);
});

const executor: Executor = (bytes, options) => loadModel(bytes, options);
const target = { name: 'host' };

/** A `dataset.json` over a folder of the zoo. */
function describeData(name: string, spec: DatasetSpec): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...spec, path: zooPath(spec.path ?? '') }));
  return path;
}

const speech: DatasetSpec = {
  format: 'mlperf-tiny',
  path: 'mlperf_tiny/data/kws01',
  dtype: 'int8',
  shape: [49, 10, 1],
  scale: 0.5847029089927673,
  zeroPoint: 83,
};
const pictures: DatasetSpec = { dtype: 'uint8', shape: [32, 32, 3], layout: 'NHWC' };
const machines: DatasetSpec = { format: 'mlperf-tiny', path: 'mlperf_tiny/data/ad01' };
/** The first 73 files of ad01 are the normal ones: every third of them calibrates, all others are evaluated. */
const thirdOfNormal = { from: 0, to: 73, step: 3 };

async function evaluateFloat(model: string, data: string): Promise<Evaluation> {
  return evaluatePackage((await compileModel({ model, precision: 'float32', target })).package, data);
}

async function evaluatePackage(bytes: Uint8Array, data: string): Promise<Evaluation> {
  const session = await loadModel(bytes, { executor: 'native' });
  try {
    return evaluateModel(session, await openDataset(data));
  } finally {
    session.dispose();
  }
}

interface Comparison {
  float: Evaluation;
  int8: Evaluation;
}

/** A model in float and in int8, as `compile --calibrate --eval` makes and measures them. */
async function compare(path: string, calibration: string, evaluation: string): Promise<Comparison> {
  const model = zooPath(path);
  const given = await openCalibration({ model, data: calibration, limit: 256 });
  const int8 = await compileModel({ model, precision: 'int8', target, executor, ...given });
  expect(int8.manifest.floatIslands).toEqual([]);
  const outcome = {
    float: await evaluateFloat(model, evaluation),
    int8: await evaluatePackage(int8.package, evaluation),
  };
  lines.push(`${path}  calibrated on ${given.calibration.samples.length}`);
  return outcome;
}

const hits = ({ samples, metrics }: Evaluation): number => Math.round((metrics.top1 ?? 0) * samples);

describe.skipIf(!hasZoo)('int8 keeps the accuracy of the float model', () => {
  test.each([
    'mlperf_tiny/models/kws_true_float_qualcomm.tflite',
    'derived_onnx/mlperf_kws_model_qualcomm.onnx',
  ])('keyword spotting: %s', async (path) => {
    const calibration = describeData('kws-calibration', { ...speech, select: { to: 104 } });
    const evaluation = describeData('kws-evaluation', { ...speech, select: { from: 104 } });
    const { float, int8 } = await compare(path, calibration, evaluation);
    lines.push(`  top-1 of ${float.samples}: float ${hits(float)}, int8 ${hits(int8)}`);
    expect(float.samples).toBe(400);
    expect(hits(int8)).toBeGreaterThanOrEqual(hits(float) - 4);
  });

  test.each([
    'mlperf_tiny/models/pretrainedResnet.tflite',
    'mlperf_tiny/models/onnx_float/pretrainedResnet.onnx',
  ])('image classification: %s', async (path) => {
    const calibration = describeData('ic-calibration', {
      ...pictures,
      format: 'raw',
      path: 'mlperf_tiny/calib/ic',
    });
    const evaluation = describeData('ic-evaluation', {
      ...pictures,
      format: 'mlperf-tiny',
      path: 'mlperf_tiny/data/ic01',
    });
    const { float, int8 } = await compare(path, calibration, evaluation);
    lines.push(`  top-1 of ${float.samples}: float ${hits(float)}, int8 ${hits(int8)}`);
    expect(float.samples).toBe(105);
    expect(hits(int8)).toBeGreaterThanOrEqual(hits(float) - 2);
  });

  test('anomaly detection is better than the published int8 model', async () => {
    const calibration = describeData('ad-calibration', { ...machines, select: thirdOfNormal });
    const evaluation = describeData('ad-evaluation', {
      ...machines,
      select: { ...thirdOfNormal, except: true },
    });
    const path = 'mlperf_tiny/models/ad01_fp32.tflite';
    const { float, int8 } = await compare(path, calibration, evaluation);
    const theirs = await evaluateFloat(zooPath('mlperf_tiny/models/ad01_int8.tflite'), evaluation);
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
