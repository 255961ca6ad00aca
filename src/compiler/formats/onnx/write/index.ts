import { EdgecError, version } from '../../../../core/index.ts';
import { type Graph, valueOf } from '../../../graph/index.ts';
import { encode } from '../proto/message.ts';
import { modelSchema } from '../proto/onnx.ts';
import { axisRows } from './axis-rows.ts';
import { elementwiseRows } from './elementwise-rows.ts';
import { Emitter } from './emitter.ts';
import { matrixRows } from './matrix-rows.ts';
import { valueInfo } from './protos.ts';
import type { Rows } from './rows.ts';
import { spatialRows } from './spatial-rows.ts';
import { typeRows } from './type-rows.ts';

export interface OnnxWriteOptions {
  /** How int8 activations are stored: uint8 (the default) or int8. */
  activations?: 'u8' | 's8';
}

const opset = 13;
const irVersion = 7;

/** Writers by the name of the op. */
export const rows: Rows = { ...axisRows, ...elementwiseRows, ...matrixRows, ...spatialRows, ...typeRows };

/** Gives the tensors that hold the outputs the outputs' names; what has a name already is copied. */
function bindOutputs(emitter: Emitter): void {
  const { graph } = emitter;
  const fixed = new Set([
    ...graph.inputs.map((id) => valueOf(graph, id).name),
    ...emitter.initializers.map((t) => t.name),
  ]);
  const renamed = new Map<string, string>();
  for (const id of graph.outputs) {
    const { name } = valueOf(graph, id);
    const held = emitter.raw(id);
    if (held === name) continue;
    if (fixed.has(held) || renamed.has(held)) emitter.node('Identity', [held], [name]);
    else renamed.set(held, name);
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  for (const node of emitter.nodes) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
}

/** Writes a float graph as plain ONNX and a quantised one as QDQ, in opset 13, channels first. */
export function writeOnnx(graph: Graph, options: OnnxWriteOptions = {}): Uint8Array {
  const emitter = new Emitter(graph, options.activations ?? 'u8');
  for (const node of graph.nodes) {
    if (!Object.hasOwn(rows, node.op)) {
      throw new EdgecError('E_OP_UNSUPPORTED', `${node.op} cannot be written to ONNX`, { where: node.name });
    }
    rows[node.op](emitter, node);
  }
  bindOutputs(emitter);
  const info = (id: number) => valueInfo(valueOf(graph, id).name, emitter.type(id).dtype, emitter.shape(id));
  return encode(modelSchema, {
    irVersion,
    producerName: 'edgec',
    producerVersion: version,
    graph: {
      name: graph.name || 'model',
      node: emitter.nodes,
      initializer: emitter.initializers,
      input: graph.inputs.map(info),
      output: graph.outputs.map(info),
      sparseInitializer: [],
    },
    opsetImport: [{ domain: '', version: opset }],
  });
}
