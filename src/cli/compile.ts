import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import {
  type Compiled,
  compileModel,
  type Observer,
  readModel,
  valueOf,
  writeFormat,
} from '../compiler/index.ts';
import { EdgecError, readPackage, type TypedArray } from '../core/index.ts';
import { calibrationInputs, evaluateModel, openDataset } from '../evaluate/index.ts';
import { loadModel } from '../runtime/index.ts';
import { findTarget, type LatencyPrediction, predictLatency } from '../targets/index.ts';
import { time } from './bench.ts';
import { executor, parseShapes } from './open.ts';
import { kilobytes, milliseconds, type OutputOptions, print, progressOf } from './output.ts';

interface Options extends OutputOptions {
  target: string;
  int8?: boolean;
  float?: boolean;
  calibrate?: string;
  eval?: string;
  emit: string;
  observer?: Observer;
  onnxActivations: 'u8' | 's8';
  io: 'real' | 'int8';
  samples: number;
  output: string;
  shape?: string[];
}

interface Artifact {
  kind: string;
  path: string;
  bytes: number;
}

type Metrics = Record<string, unknown>;

async function calibrationOf(
  path: string,
  options: Options,
): Promise<{ samples: TypedArray[][]; description: string } | undefined> {
  if (!options.calibrate) return undefined;
  const graph = await readModel(path, { shapes: parseShapes(options.shape) });
  const dataset = await openDataset(options.calibrate);
  const { name, type } = valueOf(graph, graph.inputs[0]);
  const samples: TypedArray[][] = [];
  for (const values of calibrationInputs(dataset, { ...type, name } as never, options.samples))
    samples.push([values]);
  return { samples, description: basename(options.calibrate) };
}

async function metricsOf(bytes: Uint8Array, data: string): Promise<Metrics> {
  const session = await loadModel(bytes);
  const { metrics } = await evaluateModel(session as never, await openDataset(data), {});
  session.dispose();
  return metrics as Metrics;
}

/** Writes all artefacts or none: each to a temporary name first, then renamed. */
async function writeAll(
  folder: string,
  files: readonly { kind: string; name: string; bytes: Uint8Array }[],
): Promise<Artifact[]> {
  const written: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, bytes } of files) {
      const temporary = join(folder, `.${name}.${process.pid}.part`);
      written.push(temporary);
      await writeFile(temporary, bytes);
    }
    for (const [i, { name }] of files.entries()) await rename(written[i], join(folder, name));
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true })));
    throw new EdgecError('E_FILE_WRITE', 'cannot write the artefacts', {
      found: (error as NodeJS.ErrnoException).code,
      where: folder,
      remedy: 'pass a folder that can be written with -o',
    });
  }
  return files.map(({ kind, name, bytes }) => ({ kind, path: join(folder, name), bytes: bytes.length }));
}

function filesOf(
  compiled: Compiled,
  name: string,
  options: Options,
): { kind: string; name: string; bytes: Uint8Array }[] {
  return options.emit.split(',').map((kind) => {
    if (kind === 'edgec') return { kind, name: `${name}.edgec`, bytes: compiled.package };
    const bytes = writeFormat(compiled.quantizedGraph ?? compiled.graph, kind, {
      activations: options.onnxActivations,
    });
    return { kind, name: `${name}.${compiled.quantizedGraph ? 'int8.' : ''}${kind}`, bytes };
  });
}

async function latencyOf(compiled: Compiled, target: string): Promise<LatencyPrediction> {
  const board = findTarget(target);
  if (board) return predictLatency(board, readPackage(compiled.package).graph);
  const { latencyNs } = await time(compiled.package, { duration: 0.5 });
  return {
    valueNs: latencyNs.p50,
    p10Ns: latencyNs.min,
    p90Ns: latencyNs.p90,
    method: 'measured',
    calibrated: true,
  };
}

/** Compiles a model and tells what became of it. */
export async function compile(path: string, options: Options): Promise<void> {
  if (options.int8 && options.float)
    throw new EdgecError('E_CLI_USAGE', '--int8 and --float exclude each other');
  findTarget(options.target);
  const progress = progressOf(options);
  const shared = {
    model: path,
    target: { name: options.target },
    shapes: parseShapes(options.shape),
    executor,
    onProgress: progress,
  };
  const precision = options.float ? 'float32' : 'int8';
  const calibration = precision === 'int8' ? await calibrationOf(path, options) : undefined;
  const compiled = await compileModel({
    ...shared,
    precision,
    calibration,
    observer: options.observer,
    io: options.io,
  });
  const accuracy: Record<string, Metrics> = {};
  if (options.eval) {
    const float =
      precision === 'float32' ? compiled : await compileModel({ ...shared, precision: 'float32' });
    accuracy.float = await metricsOf(float.package, options.eval);
    if (precision === 'int8') accuracy.int8 = await metricsOf(compiled.package, options.eval);
  }
  const latency = await latencyOf(compiled, options.target);
  const artifacts = await writeAll(options.output, filesOf(compiled, basename(path, extname(path)), options));
  const { arenaBytes, weightBytes, macs, notes, manifest } = compiled;
  const result = { artifacts, accuracy, arenaBytes, weightBytes, macs, latency, notes };
  const sourceBytes = (await stat(path)).size;
  print(options, result, () => [
    `${path}: ${kilobytes(sourceBytes)} → ${artifacts.map((a) => `${a.path} ${kilobytes(a.bytes)}`).join(', ')}`,
    `${manifest.precision}, ${macs.toLocaleString('en')} MACs, weights ${kilobytes(weightBytes)}, arena ${kilobytes(arenaBytes)}`,
    ...Object.entries(accuracy).map(([name, m]) => `accuracy ${name.padEnd(6)}${describe(m)}`),
    `latency on ${options.target}: ${milliseconds(latency.valueNs)} (${milliseconds(latency.p10Ns)} to ${milliseconds(latency.p90Ns)}, ${latency.method}${latency.calibrated ? '' : ', uncalibrated'})`,
    ...notes.map((note) => `note: ${note}`),
  ]);
}

const describe = (metrics: Metrics): string =>
  Object.entries(metrics)
    .flatMap(([name, v]) => (typeof v === 'number' ? [`${name} ${v.toFixed(4)}`] : []))
    .join(', ');
