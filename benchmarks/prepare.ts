import { readFileSync } from 'node:fs';
import { compileModel, type Executor, hostTarget, loadModel, tensorBytes } from 'edgec';
import { type Compiled, type CompileOptions, type Graph, lower, macsOf, writeFormat } from 'edgec/compiler';
import type { Precision } from './options.ts';

/** What a layer has to do: multiply-accumulates, and bytes of its operands and results. */
export interface Work {
  readonly macs: number;
  readonly bytes: number;
}

/** One model in one precision, as each runtime takes it. All hold the same weights. */
export interface Prepared {
  readonly name: string;
  readonly precision: Precision;
  readonly package: Uint8Array;
  /** QDQ with u8 activations, or plain float; an ONNX file that was not to be changed as it is. */
  readonly onnx: Uint8Array;
  /** Absent where edgec cannot write the model to TFLite. */
  readonly tflite?: Uint8Array;
  readonly weightBytes: number;
  readonly arenaBytes: number;
  /** Of each node of the package. */
  readonly work: readonly Work[];
}

/** A model before it is compiled: a file, or the bytes of one. */
export interface Source {
  readonly name: string;
  readonly model: string | Uint8Array;
  /** Of inputs that the model leaves open. */
  readonly shapes?: Record<string, number[]>;
}

/** A model that is raced as it is. */
export interface FileSource extends Source {
  readonly model: string;
}

export type Target = CompileOptions['target'];

const executor: Executor = (bytes, options) => loadModel(bytes, options);

/** Compiles a model, calibrated on seeded noise. Where that is not possible in this precision, the reason. */
export async function prepare(
  source: Source,
  precision: Precision,
  target = hostTarget(),
): Promise<Prepared | string> {
  const compiled = await compiledTo(source, precision, target);
  const { manifest } = compiled;
  if (isQuantized(compiled) && precision === 'float32') return 'the model is quantised already';
  if (manifest.precision !== precision) return `${manifest.floatIslands.length} nodes would stay in float`;
  return prepared(source.name, compiled, precision, written(compiled));
}

/** Compiles a model in the precision that it has. */
export async function prepareAsItIs({ name, model, shapes }: FileSource): Promise<Prepared> {
  const compiled = await compiledTo({ name, model, shapes }, 'float32', hostTarget());
  const onnx = compiled.graph.source.format === 'onnx' ? readFileSync(model) : written(compiled);
  return prepared(name, compiled, isQuantized(compiled) ? 'int8' : 'float32', onnx);
}

const compiledTo = ({ model, shapes }: Source, precision: Precision, target: Target): Promise<Compiled> =>
  compileModel({ model, precision, target, executor, shapes });

const isQuantized = ({ graph }: Compiled): boolean => graph.stage === 'quantized';

const finalGraph = ({ quantizedGraph, graph }: Compiled): Graph => quantizedGraph ?? graph;

const written = (compiled: Compiled): Uint8Array =>
  writeFormat(finalGraph(compiled), 'onnx', { activations: 'u8' });

function prepared(name: string, compiled: Compiled, precision: Precision, onnx: Uint8Array): Prepared {
  const graph = finalGraph(compiled);
  return {
    name,
    precision,
    package: compiled.package,
    onnx,
    tflite: writtenTflite(graph),
    weightBytes: compiled.weightBytes,
    arenaBytes: compiled.arenaBytes,
    work: workOf(graph),
  };
}

function writtenTflite(graph: Graph): Uint8Array | undefined {
  try {
    return writeFormat(graph, 'tflite');
  } catch {
    return undefined;
  }
}

function workOf(graph: Graph): Work[] {
  const lowered = lower(graph).graph;
  return lowered.nodes.map((node) => ({
    macs: macsOf({ ...lowered, nodes: [node] }),
    bytes: [...node.inputs, ...node.outputs].reduce<number>(
      (sum, i) => sum + (i === undefined ? 0 : tensorBytes(lowered.values[i].type)),
      0,
    ),
  }));
}
