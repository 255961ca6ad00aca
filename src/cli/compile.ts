import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import {
  type Compiled,
  type CompileOptions,
  compileModel,
  type Observer,
  writeFormat,
} from '../compiler/index.ts';
import { EdgecError } from '../core/index.ts';
import { type Dataset, evaluateModel, type Metrics, openDataset, parseContracts } from '../evaluate/index.ts';
import { hostIsa, loadModel } from '../runtime/index.ts';
import { findTarget, type LatencyPrediction } from '../targets/index.ts';
import { openCalibration, preprocessingOf } from './calibration.ts';
import { latencyOn } from './latency.ts';
import { executor } from './open.ts';
import { describeMetrics, kilobytes, milliseconds, type OutputOptions, print, progressOf } from './output.ts';
import { type ReadingOptions, readingOf } from './reading.ts';
import { checkWritable, writeFiles } from './write-files.ts';

export interface CompileVerbOptions extends OutputOptions, ReadingOptions {
  target: string;
  int8?: boolean;
  float?: boolean;
  calibrate?: string;
  eval?: string;
  emit: readonly string[];
  observer?: Observer;
  onnxActivations: 'u8' | 's8';
  io: 'real' | 'int8';
  samples: number;
  maxDrop?: number;
  output: string;
}

interface Accuracy {
  float?: Metrics;
  int8?: Metrics;
}

interface Artifact {
  kind: string;
  path: string;
  bytes: number;
}

/** Compiles a model and tells what became of it. Writes every artefact or none. */
export async function compile(path: string, options: CompileVerbOptions): Promise<void> {
  if (options.int8 && options.float) {
    throw new EdgecError('E_CLI_USAGE', '--int8 and --float exclude each other', {
      remedy: 'pass one of them',
    });
  }
  const target = { name: options.target, isa: isaOf(options.target) };
  await checkWritable(options.output);
  const shared = {
    model: path,
    target,
    ...readingOf(options),
    executor,
    onProgress: progressOf(options),
  };
  const compiled = await compileTo(shared, options);
  const accuracy = options.eval ? await accuracyOf(compiled, shared, options) : {};
  checkDrop(accuracy, options.maxDrop);
  const latency = await latencyOn(options.target, compiled.package);
  const artifacts = await writeArtifacts(compiled, path, options);
  const { arenaBytes, weightBytes, macs, notes } = compiled;
  const sourceBytes = (await stat(path)).size;
  print(options, { artifacts, accuracy, arenaBytes, weightBytes, macs, latency, sourceBytes, notes }, () => [
    `${path}  ${kilobytes(sourceBytes)}`,
    ...artifacts.map((a) => `→ ${a.path}  ${kilobytes(a.bytes)}`),
    ...describe(compiled, accuracy, latency, options.target),
  ]);
}

/** Undefined for the host without the native engine. Throws E_TARGET_UNKNOWN. */
function isaOf(target: string): string | undefined {
  const board = findTarget(target);
  return board ? board.isa : hostIsa();
}

type Shared = Omit<CompileOptions, 'precision'> & { model: string };

async function compileTo(shared: Shared, options: CompileVerbOptions): Promise<Compiled> {
  const known = { ...shared, ...(await given(shared, options)), io: options.io };
  if (options.float) return compileModel({ ...known, precision: 'float32' });
  return compileModel({ ...known, precision: 'int8', observer: options.observer });
}

/** Samples to calibrate on, and how their values, or else those of the evaluation, become inputs. */
async function given(
  { model, shapes, limits }: Shared,
  options: CompileVerbOptions,
): Promise<Pick<CompileOptions, 'calibration' | 'preprocessing'>> {
  if (options.calibrate && !options.float)
    return openCalibration({ model, shapes, limits, data: options.calibrate, limit: options.samples });
  const data = options.calibrate ?? options.eval;
  return data === undefined ? {} : { preprocessing: await preprocessingOf({ model, shapes, limits, data }) };
}

/** Accuracy of the float model, and of the int8 one where that was made; of the source alone where it is int8. */
async function accuracyOf(
  compiled: Compiled,
  shared: Shared,
  options: CompileVerbOptions,
): Promise<Accuracy> {
  const { precision, preprocessing } = compiled.manifest;
  const dataset = await openDataset(options.eval as string, parseContracts(preprocessing, 'manifest'));
  const measure = (phase: string, bytes: Uint8Array) => metricsOf(phase, bytes, dataset, options);
  if (precision === 'float32') return { float: await measure('evaluate float', compiled.package) };
  const sourceIsQuantized = compiled.graph.stage === 'quantized';
  const float = sourceIsQuantized ? undefined : await compileModel({ ...shared, precision: 'float32' });
  return {
    ...(float && { float: await measure('evaluate float', float.package) }),
    int8: await measure('evaluate int8', compiled.package),
  };
}

async function metricsOf(
  phase: string,
  bytes: Uint8Array,
  dataset: Dataset,
  options: OutputOptions,
): Promise<Metrics> {
  const progress = progressOf(options);
  const session = await loadModel(bytes);
  try {
    const onProgress = (done: number, total: number): void => progress(phase, done, total);
    return evaluateModel(session, dataset, { onProgress }).metrics;
  } finally {
    session.dispose();
  }
}

const gated = ['top1', 'auc'] as const;

function checkDrop({ float, int8 }: Accuracy, maxDrop: number | undefined): void {
  if (maxDrop === undefined || !float || !int8) return;
  for (const name of gated) {
    const drop = 100 * ((float[name] ?? 0) - (int8[name] ?? 0));
    if (drop <= maxDrop) continue;
    throw new EdgecError('E_GATE_ACCURACY', `int8 loses too much ${name}`, {
      expected: `at most ${maxDrop} points`,
      found: `${drop.toFixed(2)} points`,
      remedy: 'calibrate on more samples, try another --observer, or stay in float',
    });
  }
}

async function writeArtifacts(
  compiled: Compiled,
  model: string,
  options: CompileVerbOptions,
): Promise<Artifact[]> {
  const name = basename(model, extname(model));
  const graph = compiled.quantizedGraph ?? compiled.graph;
  const files = options.emit.map((kind) => {
    const bytes =
      kind === 'edgec'
        ? compiled.package
        : writeFormat(graph, kind, { activations: options.onnxActivations });
    const infix = kind !== 'edgec' && compiled.quantizedGraph ? '.int8' : '';
    return { kind, path: join(options.output, `${name}${infix}.${kind}`), bytes };
  });
  await writeFiles(files);
  return files.map(({ kind, path, bytes }) => ({ kind, path, bytes: bytes.length }));
}

function describe(
  compiled: Compiled,
  accuracy: Accuracy,
  latency: LatencyPrediction,
  target: string,
): string[] {
  const ops = Object.values(compiled.graph.source.ops).reduce((sum, n) => sum + n, 0);
  const { float, int8 } = accuracy;
  const delta = float?.top1 !== undefined && int8?.top1 !== undefined ? int8.top1 - float.top1 : undefined;
  const interval = `${milliseconds(latency.p10Ns)} to ${milliseconds(latency.p90Ns)}`;
  const kind = latency.method === 'measured' ? 'measured here' : 'roofline, uncalibrated: not measured';
  return [
    `precision  ${compiled.manifest.precision}`,
    `source     ${ops} ops, ${compiled.macs.toLocaleString('en')} MACs`,
    `memory     weights ${kilobytes(compiled.weightBytes)}, arena ${kilobytes(compiled.arenaBytes)}`,
    ...(float ? [`float      ${describeMetrics(float)}`] : []),
    ...(int8 ? [`int8       ${describeMetrics(int8)}`] : []),
    ...(delta === undefined ? [] : [`change     top1 ${(100 * delta).toFixed(2)} points`]),
    `latency    ${milliseconds(latency.valueNs)} on ${target} (${interval}; ${kind})`,
    ...compiled.notes.map((note) => `note       ${note}`),
  ];
}
