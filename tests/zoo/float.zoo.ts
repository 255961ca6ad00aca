import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type CalibrationSample,
  type Compiled,
  compileModel,
  writeFormat,
} from '../../src/compiler/index.ts';
import { type EdgecError, Random, type TypedArray } from '../../src/core/index.ts';
import { loadModel, type Session } from '../../src/runtime/index.ts';
import { hasZoo, zooModels, zooPath } from '../e2e/zoo.ts';
import { onnxBeforeActivation } from '../oracles/onnx-before-activation.ts';
import { OrtOracle } from '../oracles/ort.ts';
import { TfliteOracle } from '../oracles/tflite.ts';
import { TfliteFile } from '../oracles/tflite-file.ts';
import { drawInput } from './float-inputs.ts';
import { printTable } from './table.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const modelsOf = (...precisions: readonly string[]): string[] =>
  zooModels()
    .filter(({ path, precision }) => precisions.includes(precision) && !path.startsWith('onnx_ml/'))
    .map(({ path }) => path);

const models = modelsOf('float32', 'float16', 'int8_dynamic_range');

/** Models with ops that edgec does not have, and the node that stops them. */
const refused = new Map([['tflm/models/audio_preprocessor_float.tflite', 'signal_window']]);

const shapesOf = new Map<string, Record<string, number[]>>([
  ['onnx_float/yunet/yunet_s_dynamic.onnx', { input: [1, 3, 320, 320] }],
  ['onnx_float/silero_vad/silero_vad_16k_op15.onnx', { input: [1, 512], state: [2, 1, 128] }],
]);

/**
 * Files that no oracle runs as they are: TFLite quantises the activations of dynamic-range models on the fly, and
 * ONNX Runtime refuses a model without an opset. The oracle runs what edgec has read.
 */
const runAsRead = new Set([...modelsOf('int8_dynamic_range'), 'onnx_float/ort/super_resolution.onnx']);

/** Every weight is one constant: there is nothing to compare. */
const isConstant = (path: string): boolean => path.includes('onnx_light/');

const bound = 1e-3;
const calibrationMacs = 2e9;

interface Row {
  path: string;
  compileMs?: number;
  error?: string;
  before?: number;
  after?: number;
  sqnr?: number;
  islands?: string;
}

const rows: Row[] = [];

type Oracle = (inputs: readonly TypedArray[]) => Promise<ArrayLike<number | bigint>[]>;

async function openOracle(bytes: Uint8Array, isOnnx: boolean, session: Session): Promise<Oracle> {
  if (!isOnnx) {
    const oracle = await TfliteOracle.open(bytes);
    return async (inputs) => oracle.run(inputs).map(({ data }) => data);
  }
  const oracle = await OrtOracle.open(bytes, { graphOptimizationLevel: 'disabled' });
  return async (inputs) => {
    const named = session.inputs.map(({ name, type }, i) => [name, { data: inputs[i], shape: type.shape }]);
    const outputs = await oracle.run(Object.fromEntries(named));
    return session.outputs.map(({ name }) => outputs.get(name) ?? []);
  };
}

const drawSample = (path: string, session: Session, random: Random): CalibrationSample =>
  session.inputs.map(({ type }) => drawInput(path, type, random));

function runOn(session: Session, sample: CalibrationSample): TypedArray[] {
  const outputs = session.runSync(Object.fromEntries(session.inputs.map(({ name }, i) => [name, sample[i]])));
  return session.outputs.map(({ name }) => outputs[name].data);
}

/** Greatest difference of any output, in shares of the output's greatest magnitude. */
function worstOf(ours: ArrayLike<number | bigint>[], theirs: ArrayLike<number | bigint>[]): number {
  const each = ours.map((values, k) => {
    if (values.length !== theirs[k].length) return Number.POSITIVE_INFINITY;
    let [worst, peak] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const expected = Number(theirs[k][i]);
      const difference = Math.abs(Number(values[i]) - expected);
      if (!(difference <= worst)) worst = difference;
      peak = Math.max(peak, Math.abs(expected));
    }
    return worst === 0 ? 0 : worst / peak;
  });
  return Math.max(...each);
}

async function difference(path: string, bytes: Uint8Array, compiled: Compiled): Promise<number> {
  const session = await loadModel(compiled.package, { executor: 'native' });
  const isOnnx = path.endsWith('.onnx');
  const source = runAsRead.has(path) ? writeFormat(compiled.graph, isOnnx ? 'onnx' : 'tflite') : bytes;
  const oracle = await openOracle(source, isOnnx, session);
  const random = new Random(21);
  let worst = 0;
  for (let run = 0; run < (compiled.macs > calibrationMacs ? 1 : 2); run++) {
    const sample = drawSample(path, session, random);
    worst = Math.max(worst, worstOf(runOn(session, sample), await oracle(sample)));
  }
  session.dispose();
  return worst;
}

/** Signal to quantisation noise of the int8 package, in dB, of the output where it is least. */
async function sqnrOf(
  path: string,
  bytes: Uint8Array,
  float: Compiled,
): Promise<{ sqnr: number; int8: Compiled }> {
  const real = await loadModel(float.package, { executor: 'native' });
  const heavy = float.macs > calibrationMacs;
  const random = new Random(22);
  const samples = Array.from({ length: heavy ? 2 : 16 }, () => drawSample(path, real, random));
  const int8 = await compileModel({
    model: bytes,
    precision: 'int8',
    target: { name: 'host' },
    shapes: shapesOf.get(path),
    executor: (pkg, options) => loadModel(pkg, options),
    calibration: { samples, description: 'drawn' },
  });
  const integer = await loadModel(int8.package, { executor: 'native' });
  const signal = real.outputs.map(() => 0);
  const noise = real.outputs.map(() => 0);
  for (let run = 0; run < (heavy ? 1 : 8); run++) {
    const sample = drawSample(path, real, random);
    const expected = runOn(real, sample);
    runOn(integer, sample).forEach((values, k) => {
      for (let i = 0; i < values.length; i++) {
        const real = Number(expected[k][i]);
        signal[k] += real ** 2;
        noise[k] += (Number(values[i]) - real) ** 2;
      }
    });
  }
  real.dispose();
  integer.dispose();
  return { sqnr: Math.min(...signal.map((s, k) => 10 * Math.log10(s / noise[k]))), int8 };
}

function beforeActivation(path: string, bytes: Uint8Array): Uint8Array {
  if (path.endsWith('.onnx')) return onnxBeforeActivation(bytes);
  const file = new TfliteFile(bytes);
  return file.showing(file.outputsBeforeActivation());
}

const compileFloat = (path: string, model: Uint8Array): Promise<Compiled> =>
  compileModel({ model, precision: 'float32', target: { name: 'host' }, shapes: shapesOf.get(path) });

const head = ['model', 'compiled', 'max|Δ|/max|ref|', 'after activation', 'int8 SQNR dB', 'float islands'];

function print(): void {
  const share = (v: number | undefined): string => (v === undefined ? '' : v.toExponential(1));
  printTable(
    `Float models: ${rows.filter((row) => row.compileMs !== undefined).length} of ${models.length} compiled`,
    head,
    rows.map((row) => [
      row.path,
      row.error ?? `${row.compileMs?.toFixed(0)} ms`,
      share(row.before),
      share(row.after),
      row.sqnr?.toFixed(1) ?? '',
      row.islands ?? '',
    ]),
  );
}

describe.skipIf(!hasZoo)('float models of the zoo', () => {
  test.each(models)('%s', async (path) => {
    const row: Row = { path };
    rows.push(row);
    const bytes = new Uint8Array(readFileSync(zooPath(path)));
    const start = performance.now();
    const float = await compileFloat(path, bytes).catch((error: EdgecError) => error);
    if (float instanceof Error) {
      row.error = `${float.code} ${float.detail?.where}: ${float.message}`;
      expect(row.error).toContain(refused.get(path) ?? 'a model that should be refused');
      return;
    }
    row.compileMs = performance.now() - start;
    expect([...refused.keys()]).not.toContain(path);
    const exposed = beforeActivation(path, bytes);
    const open = await compileFloat(path, exposed);
    if (!isConstant(path)) {
      row.before = await difference(path, exposed, open);
      row.after = await difference(path, bytes, float);
    }
    const { sqnr, int8 } = await sqnrOf(path, exposed, open);
    row.sqnr = sqnr;
    row.islands = int8.manifest.floatIslands.join(', ');
    if (row.before !== undefined) expect(row.before).toBeLessThanOrEqual(bound);
  });

  test.each([...refused])('the command line refuses %s at %s', (path, node) => {
    const folder = mkdtempSync(join(tmpdir(), 'edgec-refused-'));
    const shapes = Object.entries(shapesOf.get(path) ?? {}).map(
      ([name, dims]) => `--shape=${name}:${dims.join('x')}`,
    );
    const args = ['compile', zooPath(path), '--target', 'host', '--float', '--json', '-o', folder, ...shapes];
    const { status, stdout } = spawnSync(process.execPath, [main, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(status).toBe(4);
    expect(JSON.parse(stdout).error.where).toContain(node);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  afterAll(print);
});
