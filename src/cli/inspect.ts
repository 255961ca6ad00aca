import { canonicalize, lower, macsOf, readModel, valueOf } from '../compiler/index.ts';
import { elementCount, type TensorType } from '../core/index.ts';
import { parseShapes } from './open.ts';
import { type OutputOptions, print } from './output.ts';

interface Options extends OutputOptions {
  shape?: string[];
}

interface Port {
  name: string;
  dtype: string;
  shape: readonly number[];
  quantization?: { scale: readonly number[]; zeroPoint: readonly number[] };
}

const portOf = (name: string, { dtype, shape, quant }: TensorType): Port => ({
  name,
  dtype,
  shape,
  ...(quant && { quantization: { scale: quant.scale, zeroPoint: quant.zeroPoint } }),
});

/** Shows what a model file holds. */
export async function inspect(path: string, options: Options): Promise<void> {
  const imported = await readModel(path, { shapes: parseShapes(options.shape) });
  const ports = (ids: readonly number[]): Port[] =>
    ids.map((id) => portOf(valueOf(imported, id).name, valueOf(imported, id).type));
  const graph = lower(canonicalize(imported)).graph;
  const parameters = graph.values.reduce((n, v) => n + (v.constant ? elementCount(v.type.shape) : 0), 0);
  const result = {
    format: imported.source.format,
    ops: imported.source.ops,
    inputs: ports(imported.inputs),
    outputs: ports(imported.outputs),
    parameters,
    macs: macsOf(graph),
    notes: imported.source.notes,
  };
  print(options, result, () => [
    `${path}: ${result.format}, ${parameters.toLocaleString('en')} parameters, ${result.macs.toLocaleString('en')} MACs`,
    ...result.inputs.map((p) => `input   ${p.name}  ${p.dtype} [${p.shape}]`),
    ...result.outputs.map((p) => `output  ${p.name}  ${p.dtype} [${p.shape}]`),
    ...Object.entries(result.ops).map(([op, n]) => `${String(n).padStart(6)}  ${op}`),
    ...result.notes.map((note) => `note: ${note}`),
  ]);
}
