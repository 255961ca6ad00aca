import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetSpec } from '../../src/evaluate/index.ts';
import { zooPath } from '../e2e/zoo.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgec-zoo-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Path of a `dataset.json` over a file or folder of the zoo. */
export function zooData(name: string, spec: DatasetSpec): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...spec, path: zooPath(spec.path ?? '') }));
  return path;
}

export const speech: DatasetSpec = {
  format: 'mlperf-tiny',
  path: 'mlperf_tiny/data/kws01',
  dtype: 'int8',
  shape: [49, 10, 1],
  scale: 0.5847029089927673,
  zeroPoint: 83,
};
/** The first 104 files calibrate, the other 400 are evaluated. */
export const speechCalibration: DatasetSpec = { ...speech, select: { to: 104 } };
export const speechEvaluation: DatasetSpec = { ...speech, select: { from: 104 } };

const pictures: DatasetSpec = { dtype: 'uint8', shape: [32, 32, 3], layout: 'NHWC' };
export const pictureCalibration: DatasetSpec = {
  ...pictures,
  format: 'raw',
  path: 'mlperf_tiny/calib/ic',
};
export const pictureEvaluation: DatasetSpec = {
  ...pictures,
  format: 'mlperf-tiny',
  path: 'mlperf_tiny/data/ic01',
};

const machines: DatasetSpec = { format: 'mlperf-tiny', path: 'mlperf_tiny/data/ad01' };
/** The first 73 files are the normal ones: every third of them calibrates, all others are evaluated. */
const thirdOfNormal = { from: 0, to: 73, step: 3 };
export const machineCalibration: DatasetSpec = { ...machines, select: thirdOfNormal };
export const machineEvaluation: DatasetSpec = { ...machines, select: { ...thirdOfNormal, except: true } };

const digits: DatasetSpec = {
  format: 'idx',
  path: 'datasets/mnist/t10k-0-6000-images-idx3-ubyte.gz',
  scale: 1 / 255,
};
/** Every 20th picture calibrates, all others are evaluated. */
export const digitCalibration: DatasetSpec = { ...digits, select: { step: 20 } };
export const digitEvaluation: DatasetSpec = { ...digits, select: { step: 20, except: true } };
