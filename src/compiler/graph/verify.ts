import { completeAttrs, EdgecError, opByName, sameShape } from '../../core/index.ts';
import { type Graph, operandTypes, type ValueId, valueOf } from './graph.ts';

/**
 * Holds a graph against its invariants:
 * 1. every value has one maker: an input, a constant or one output of one node, ahead of its readers;
 * 2. every node's op is known, its attributes fit its schema, its output types are what the op infers;
 * 3. every output of the graph is made;
 * 4. an int8 value of a quantised graph has one scale, constants aside.
 * Throws E_GRAPH_INVALID naming the node, or the op's own error.
 */
export function verify(graph: Graph): void {
  const ready = new Set<ValueId>(graph.inputs);
  for (const [id, value] of graph.values) if (value.constant) ready.add(id);
  for (const node of graph.nodes) {
    const invalid = (message: string): EdgecError => new EdgecError('E_GRAPH_INVALID', message, { where: node.name });
    for (const id of node.inputs) {
      if (id !== undefined && !ready.has(id)) throw invalid(`value ${id} is read before it is made`);
    }
    const definition = opByName(node.op);
    const attrs = completeAttrs(node.op, definition.attrs, node.attrs);
    const inferred = definition.infer(operandTypes(graph, node), attrs);
    if (inferred.length !== node.outputs.length) throw invalid(`${node.op} makes ${inferred.length} values`);
    node.outputs.forEach((id, i) => {
      const { type } = valueOf(graph, id);
      if (ready.has(id)) throw invalid(`value ${id} is made twice`);
      if (type.dtype !== inferred[i].dtype || !sameShape(type.shape, inferred[i].shape)) {
        throw invalid(`an output is ${type.dtype} [${type.shape}] instead of ${inferred[i].dtype} [${inferred[i].shape}]`);
      }
      if (type.quant && type.quant.scale.length !== 1) throw invalid('an activation has more than one scale');
      ready.add(id);
    });
  }
  for (const id of graph.outputs) {
    if (!ready.has(id)) throw new EdgecError('E_GRAPH_INVALID', `output ${id} is never made`, { where: graph.name });
  }
}
