import { compileModel, type Executor, loadModel } from 'edgec';
import { writeFormat } from 'edgec/compiler';
import type { Precision } from './options.ts';

/** One model in one precision, as each runtime takes it. All hold the same weights. */
export interface Prepared {
  readonly name: string;
  readonly precision: Precision;
  readonly package: Uint8Array;
  /** QDQ with u8 activations, or plain float. */
  readonly onnx: Uint8Array;
  readonly macs: number;
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
  const { manifest, graph, quantizedGraph } = compiled;
  if (graph.stage === 'quantized' && precision === 'float32') return 'the model is quantised already';
  if (manifest.precision !== precision) return `${manifest.floatIslands.length} nodes would stay in float`;
  const onnx = quantizedGraph
    ? writeFormat(quantizedGraph, 'onnx', { activations: 'u8' })
    : writeFormat(graph, 'onnx');
  return { name, precision, package: compiled.package, onnx, macs: compiled.macs };
}
