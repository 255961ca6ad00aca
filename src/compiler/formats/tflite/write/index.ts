import { EdgecError } from '../../../../core/index.ts';
import type { Graph } from '../../../graph/index.ts';
import { writes } from '../ops/index.ts';
import { Emitter } from './emitter.ts';

/** A float graph as float TFLite, or a quantised one as full-integer int8 TFLite. Throws E_OP_UNSUPPORTED. */
export function write(graph: Graph): Uint8Array {
  const out = new Emitter(graph);
  for (const node of graph.nodes) {
    if (!Object.hasOwn(writes, node.op)) {
      throw new EdgecError('E_OP_UNSUPPORTED', `${node.op} cannot be written to TFLite`, {
        found: node.op,
        where: node.name,
        remedy: 'write ONNX or a package instead',
      });
    }
    const made = writes[node.op](out, node);
    node.outputs.forEach((id, i) => {
      out.bind(id, made[i]);
    });
  }
  return out.finish();
}
