import { createHash } from 'node:crypto';
import {
  assignPanels,
  assignWindows,
  assignWinograd,
  checkLimit,
  defaultLimits,
  EdgecError,
  elementCount,
  type Limits,
  type Manifest,
  numericsId,
  opByName,
  type PackageGraph,
  planAll,
  Random,
  type TypedArray,
  tensorBytes,
  version,
  writePackage,
} from '../core/index.ts';
import { type CalibrationSample, calibrate, type Observer } from './calibrate/index.ts';
import type { Executor } from './executor.ts';
import { type Graph, givenInputs, valueOf } from './graph/index.ts';
import { lower } from './lower/index.ts';
import { canonicalize } from './passes/index.ts';
import { quantize } from './quantize/index.ts';
import { importModel, openModel } from './read-model.ts';

export interface CompileOptions {
  /** Path or bytes of a model. */
  model: string | Uint8Array;
  precision: 'int8' | 'float32';
  /** Where the package is meant to run: a name for the manifest, and the instruction set that weights are laid out for. */
  target: { name: string; isa?: string };
  /** Runs the float graph for calibration. Needed for int8 of a float model. */
  executor?: Executor;
  /** Samples of real inputs. Without them int8 calibrates on seeded noise, and says so. */
  calibration?: { samples: readonly CalibrationSample[]; description: string };
  observer?: Observer;
  shapes?: Record<string, number[]>;
  /** What the model may take. Default: `defaultLimits`. */
  limits?: Partial<Limits>;
  io?: 'real' | 'int8';
  /** Nodes by name that stay in float. */
  keepFloat?: readonly string[];
  preprocessing?: Readonly<Record<string, unknown>>;
  onProgress?(phase: string, done: number, total: number): void;
}

export interface Compiled {
  package: Uint8Array;
  manifest: Manifest;
  /** The canonical graph in float, or as its source quantised it. */
  graph: Graph;
  /** With int8 types: what ONNX and TFLite writers take. */
  quantizedGraph?: Graph;
  macs: number;
  weightBytes: number;
  arenaBytes: number;
  notes: readonly string[];
}

const defaultObserver: Observer = 'minmax';
/** Of noise: so many samples, and fewer where inputs or other values are so large that one says much. */
const noiseSamples = 16;
const noiseElements = { inputs: 2 ** 20, largest: 2 ** 25 };

/** Compiles a model to the bytes of a package. Throws coded errors; writes nothing. */
export async function compileModel(options: CompileOptions): Promise<Compiled> {
  const progress = options.onProgress ?? (() => {});
  const source = await openModel(options.model);
  progress('read', 0, 1);
  const imported = importModel(source, options);
  progress('canonicalize', 0, 1);
  const graph = canonicalize(imported);
  const notes = [...imported.source.notes];
  const step = await toPrecision(graph, options, notes);
  progress('package', 0, 1);
  const { graph: lowered, states } = lower(step.graph);
  const plans = planAll(lowered);
  const macs = macsOf(lowered);
  const limits = { ...defaultLimits, ...options.limits };
  checkLimit(limits, 'macs', macs);
  checkLimit(limits, 'memoryBytes', weightBytesOf(lowered) + plans[0].arenaBytes);
  const manifest: Manifest = {
    name: graph.name,
    numerics: numericsOf(lowered),
    precision: step.precision,
    target: options.target.name,
    edgec: version,
    source: {
      file: source.name,
      format: graph.source.format,
      sha256: createHash('sha256').update(source.bytes).digest('hex'),
    },
    ...(step.calibration && { calibration: step.calibration }),
    ...(states.length > 0 && { states }),
    ...(options.preprocessing && { preprocessing: options.preprocessing }),
    ...(graph.source.labels && { labels: graph.source.labels }),
    ...(graph.source.columns && { columns: graph.source.columns }),
    floatIslands: step.floatIslands,
    notes,
    macs,
  };
  return {
    package: writePackage({ manifest, graph: layOut(lowered, options.target.isa), plans }),
    manifest,
    graph,
    ...(step.graph.stage === 'quantized' && { quantizedGraph: step.graph }),
    macs,
    weightBytes: weightBytesOf(lowered),
    arenaBytes: plans[0].arenaBytes,
    notes,
  };
}

/** How the target's kernels read the weights. */
const layOut = (graph: PackageGraph, isa?: string): PackageGraph =>
  assignPanels(assignWindows(assignWinograd(graph, isa), isa), isa);

interface Step {
  graph: Graph;
  precision: Manifest['precision'];
  floatIslands: string[];
  calibration?: Manifest['calibration'];
}

async function toPrecision(graph: Graph, options: CompileOptions, notes: string[]): Promise<Step> {
  if (graph.stage === 'quantized') {
    notes.push('the source is quantised already: its own scales are kept');
    return { graph, ...islandsIn(floatNodes(graph), notes) };
  }
  if (options.precision === 'float32') return { graph, precision: 'float32', floatIslands: [] };
  if (nothingToQuantize(graph)) {
    notes.push(
      'there is nothing to quantise: all that it computes has no int8 form, the package is in float',
    );
    return { graph, precision: 'float32', floatIslands: [] };
  }
  if (!options.executor) throw new EdgecError('E_ENV_ADDON', 'int8 needs an executor to calibrate on');
  const observer = options.observer ?? defaultObserver;
  const { samples, description } = options.calibration ?? noise(graph, notes);
  checkSamples(graph, samples);
  const ranges = await calibrate(graph, {
    samples,
    observer,
    executor: options.executor,
    onProgress: (done, total) => options.onProgress?.('calibrate', done, total),
  });
  const { graph: quantized, floatIslands } = quantize(graph, {
    ranges,
    keepFloat: new Set(options.keepFloat ?? []),
    io: options.io ?? 'real',
  });
  return {
    graph: quantized,
    ...islandsIn(floatIslands, notes),
    calibration: { samples: samples.length, data: description, observer },
  };
}

/** Nodes that compute in float, so that their bits may differ between executors. */
const floatNodes = (graph: Graph): string[] =>
  graph.nodes
    .filter(
      ({ op, outputs }) =>
        opByName(op).accuracy.kind !== 'exact' &&
        outputs.some((id) => valueOf(graph, id).type.dtype === 'float32'),
    )
    .map(({ name }) => name);

function islandsIn(floatIslands: string[], notes: string[]): Pick<Step, 'precision' | 'floatIslands'> {
  if (floatIslands.length === 0) return { precision: 'int8', floatIslands };
  notes.push(`${floatIslands.length} nodes stay in float: ${floatIslands.join(', ')}`);
  return { precision: 'mixed', floatIslands };
}

function noise(graph: Graph, notes: string[]): { samples: CalibrationSample[]; description: string } {
  notes.push('calibrated on seeded noise: the accuracy is unknown; pass --calibrate with real data');
  const random = new Random(1);
  const draw = (id: number): TypedArray => {
    const { type } = valueOf(graph, id);
    const values = Float32Array.from({ length: elementCount(type.shape) }, () => random.normal());
    return type.dtype === 'float32' ? values : new Int32Array(values.length);
  };
  const inputs = givenInputs(graph);
  const elements = inputs.reduce((sum, id) => sum + elementCount(valueOf(graph, id).type.shape), 0);
  const sizes = Array.from(graph.values.values(), ({ type }) => elementCount(type.shape));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const most = Math.min(noiseSamples, noiseElements.inputs / elements, noiseElements.largest / largest);
  const count = Math.max(1, Math.floor(most));
  const samples = Array.from({ length: count }, () => inputs.map(draw));
  return { samples, description: 'seeded noise' };
}

function checkSamples(graph: Graph, samples: readonly CalibrationSample[]): void {
  if (samples.length === 0) throw new EdgecError('E_DATA_SHAPE', 'the calibration data has no sample');
  const expected = givenInputs(graph).map((id) => elementCount(valueOf(graph, id).type.shape));
  for (const [i, sample] of samples.entries()) {
    const found = sample.map((values) => values.length);
    if (found.join() !== expected.join()) {
      throw new EdgecError('E_DATA_SHAPE', 'calibration data does not fit the inputs of the model', {
        expected: `${expected} elements`,
        found: `${found}`,
        where: `sample ${i}`,
        remedy: 'pass data of the shape of the inputs; `edgec inspect` shows it',
      });
    }
  }
}

/** Names of the integer semantics that a package follows. */
const numericsOf = (graph: PackageGraph): string =>
  [...new Set([numericsId, ...graph.nodes.flatMap(({ op }) => opByName(op).numerics ?? [])])].join(' ');

/** Whether a graph computes, and only in ops that stay in float. */
function nothingToQuantize(graph: Graph): boolean {
  const { graph: program } = lower(graph);
  const all = macsOf(program);
  return all > 0 && macsOf(program, (op) => opByName(op).quantize !== undefined) === 0;
}

/** Multiply-accumulates of the nodes of the ops that `counts`. */
export function macsOf(graph: PackageGraph, counts: (op: string) => boolean = () => true): number {
  let macs = 0;
  for (const node of graph.nodes) {
    if (!counts(node.op)) continue;
    const types = node.inputs.map((i) => (i === undefined ? undefined : graph.values[i].type));
    const outputs = node.outputs.map((i) => graph.values[i].type);
    macs += opByName(node.op).cost?.(types, outputs, node.attrs as never).macs ?? 0;
  }
  return macs;
}

const weightBytesOf = (graph: PackageGraph): number =>
  graph.values.reduce((bytes, v) => bytes + (v.constant ? tensorBytes(v.type) : 0), 0);
