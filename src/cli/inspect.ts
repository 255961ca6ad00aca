import { readFile } from 'node:fs/promises';
import { canonicalize, type Graph, lower, macsOf, readModel, valueOf } from '../compiler/index.ts';
import { elementCount, isPackage, type PackageGraph, readPackage, type TensorType } from '../core/index.ts';
import { type OutputOptions, print } from './output.ts';
import { type ReadingOptions, readingOf } from './reading.ts';

export interface InspectVerbOptions extends OutputOptions, ReadingOptions {}

interface PortFacts {
  name: string;
  dtype: string;
  shape: readonly number[];
  quantization?: { scale: readonly number[]; zeroPoint: readonly number[]; axis?: number };
}

interface Inspection {
  format: string;
  ops: Readonly<Record<string, number>>;
  inputs: PortFacts[];
  outputs: PortFacts[];
  parameters: number;
  macs: number;
  notes: readonly string[];
}

/** Shows what a model file or package holds. */
export async function inspect(path: string, options: InspectVerbOptions): Promise<void> {
  const file = await readFile(path).catch(() => new Uint8Array());
  const result = isPackage(file)
    ? inspectPackage(file)
    : inspectModel(await readModel(path, readingOf(options)));
  print(options, result, () => [
    `${path}: ${result.format}, ${result.parameters.toLocaleString('en')} parameters, ${result.macs.toLocaleString('en')} MACs`,
    ...result.inputs.map((p) => `input   ${describePort(p)}`),
    ...result.outputs.map((p) => `output  ${describePort(p)}`),
    ...Object.entries(result.ops).map(([op, n]) => `${String(n).padStart(6)}  ${op}`),
    ...result.notes.map((note) => `note: ${note}`),
  ]);
}

function inspectModel(imported: Graph): Inspection {
  const ports = (ids: readonly number[]) => ids.map((id) => portOf(valueOf(imported, id)));
  const graph = lower(canonicalize(imported)).graph;
  return {
    format: imported.source.format,
    ops: imported.source.ops,
    inputs: ports(imported.inputs),
    outputs: ports(imported.outputs),
    parameters: parametersOf(graph),
    macs: macsOf(graph),
    notes: imported.source.notes,
  };
}

function inspectPackage(bytes: Uint8Array): Inspection & { manifest: object } {
  const { graph, manifest } = readPackage(bytes);
  const ports = (indexes: readonly number[]) => indexes.map((i) => portOf(graph.values[i]));
  const ops: Record<string, number> = {};
  for (const { op } of graph.nodes) ops[op] = (ops[op] ?? 0) + 1;
  return {
    format: 'edgec',
    ops,
    inputs: ports(graph.inputs),
    outputs: ports(graph.outputs),
    parameters: parametersOf(graph),
    macs: macsOf(graph),
    notes: manifest.notes,
    manifest,
  };
}

const parametersOf = (graph: PackageGraph): number =>
  graph.values.reduce((n, v) => n + (v.constant ? elementCount(v.type.shape) : 0), 0);

function portOf({ name, type: { dtype, shape, quant } }: { name: string; type: TensorType }): PortFacts {
  return { name, dtype, shape, ...(quant && { quantization: { ...quant } }) };
}

function describePort({ name, dtype, shape, quantization: q }: PortFacts): string {
  const quant = q ? `  scale ${q.scale} zero point ${q.zeroPoint}` : '';
  return `${name}  ${dtype} [${shape}]${quant}`;
}
