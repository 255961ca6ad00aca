import { compileModel, type Executor, loadModel } from 'edgec';
import { type Graph, lower, macsOf, writeFormat } from 'edgec/compiler';
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
  /** QDQ with u8 activations, or plain float. */
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
}

const executor: Executor = (bytes, options) => loadModel(bytes, options);

/** Compiles a model, calibrated on seeded noise. Where that is not possible in this precision, the reason. */
export async function prepare({ name, model }: Source, precision: Precision): Promise<Prepared | string> {
  const compiled = await compileModel({ model, precision, target: { name: 'host' }, executor });
  const { manifest, weightBytes, arenaBytes } = compiled;
  if (compiled.graph.stage === 'quantized' && precision === 'float32')
    return 'the model is quantised already';
  if (manifest.precision !== precision) return `${manifest.floatIslands.length} nodes would stay in float`;
  const graph = compiled.quantizedGraph ?? compiled.graph;
  return {
    name,
    precision,
    package: compiled.package,
    onnx: writeFormat(graph, 'onnx', { activations: 'u8' }),
    tflite: written(graph),
    weightBytes,
    arenaBytes,
    work: workOf(graph),
  };
}

function written(graph: Graph): Uint8Array | undefined {
  try {
    return writeFormat(graph, 'tflite');
  } catch {
    return undefined;
  }
}

function workOf(graph: Graph): Work[] {
  const lowered = lower(graph).graph;
  const bytesOf = (index: number): number => {
    const { dtype, shape } = lowered.values[index].type;
    return shape.reduce((n, d) => n * d, 1) * (dtype === 'int8' ? 1 : 4);
  };
  return lowered.nodes.map((node) => ({
    macs: macsOf({ ...lowered, nodes: [node] }),
    bytes: [...node.inputs, ...node.outputs].reduce<number>(
      (sum, i) => sum + (i === undefined ? 0 : bytesOf(i)),
      0,
    ),
  }));
}
