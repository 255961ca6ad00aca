import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TestRunner } from 'vitest';

const folder = resolve(process.env.EDGEC_ZOO ?? '../shared/zoo');

/** Whether the collection of real models is on this machine. */
export const hasZoo = existsSync(join(folder, 'manifest.jsonl'));
if (!hasZoo) process.stderr.write('skipped: real models are missing; set EDGEC_ZOO to their folder\n');

/** Whether a file or folder of the collection is on this machine, which may have a part of it. */
export const zooHas = (path: string): boolean => existsSync(join(folder, path));

/** Path of a file or folder of the collection. The test that asks for one that is missing is skipped. */
export function zooPath(path: string): string {
  if (!zooHas(path)) {
    process.stderr.write(`skipped: the real models have no ${path}\n`);
    TestRunner.getCurrentTest()?.context.skip(`the real models have no ${path}`);
  }
  return join(folder, path);
}

export interface ZooTensor {
  name: string;
  shape: (number | string)[];
  dtype: string;
}

/** A model, as the zoo's manifest describes it. */
export interface ZooModel {
  path: string;
  format: string;
  precision: string;
  size: number;
  inputs: ZooTensor[];
  outputs: ZooTensor[];
}

/** Every model of the zoo; none where it is missing. */
export function zooModels(): ZooModel[] {
  if (!hasZoo) return [];
  return readFileSync(zooPath('manifest.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ZooModel & { kind: string })
    .filter(({ kind }) => kind === 'model' || kind === 'derived_model');
}

/** Shapes of the inputs that models leave open, by path. */
export const zooShapes: Readonly<Record<string, Record<string, number[]>>> = {
  'onnx_float/yunet/yunet_s_dynamic.onnx': { input: [1, 3, 320, 320] },
  'onnx_float/silero_vad/silero_vad_16k_op15.onnx': { input: [1, 512], state: [2, 1, 128] },
  'onnx_ml/sklearn_onnx/treecl.onnx': { input: [1, 20] },
  'onnx_quant/tract/qtdnn_10x5_101_i32_biases_model.onnx': { input: [12, 10] },
};
