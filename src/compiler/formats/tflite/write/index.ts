import { EdgecError } from '../../../../core/index.ts';
import { type Graph, operandTypes, valueOf } from '../../../graph/index.ts';
import { writes } from '../ops/index.ts';
import { Emitter } from './emitter.ts';

const accumulating = new Set(['Conv2d', 'DepthwiseConv2d', 'TransposeConv2d', 'FullyConnected']);

/** Whether some weights have a zero point, which TFLite knows of uint8 only. */
const hasWeightZeroPoints = (graph: Graph): boolean =>
  graph.nodes.some(
    (node) =>
      accumulating.has(node.op) && operandTypes(graph, node)[1]?.quant?.zeroPoint.some((z) => z !== 0),
  );

/** Inputs and outputs in int8 rule out that everything is stored as uint8. */
const hasInt8Border = (graph: Graph): boolean =>
  [...graph.inputs, ...graph.outputs].some((id) => valueOf(graph, id).type.dtype === 'int8');

/**
 * A float graph as float TFLite, a quantised one as full-integer TFLite: int8, or uint8 where weights have zero
 * points, as old models do. Throws E_OP_UNSUPPORTED.
 */
export function write(graph: Graph): Uint8Array {
  const out = new Emitter(graph, hasWeightZeroPoints(graph) && !hasInt8Border(graph));
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
