import { EdgecError, opByName, type Tensor, tensor } from '../../core/index.ts';
import { type Graph, type Node, type ValueId, valueOf } from './graph.ts';

/** The outputs of one node on known operands, by the naive semantics of its op. */
export function evaluateNode(graph: Graph, node: Node, operands: readonly (Tensor | undefined)[]): Tensor[] {
  const outputs = node.outputs.map((id) => {
    const { type } = valueOf(graph, id);
    return tensor(type.dtype, type.shape, undefined, type.quant);
  });
  opByName(node.op).evaluate(operands, node.attrs as never, outputs);
  return outputs;
}

/**
 * Runs `graph` on `inputs` (in the order of `graph.inputs`) with the naive semantics of its ops and returns its
 * outputs in order. For small graphs of real values; a quantised graph is lowered and run by an executor instead.
 * Throws E_RUN_INPUT when the inputs are too few.
 */
export function interpret(graph: Graph, inputs: readonly Tensor[]): Tensor[] {
  if (inputs.length !== graph.inputs.length) {
    throw new EdgecError('E_RUN_INPUT', 'wrong number of inputs', {
      expected: `${graph.inputs.length}`,
      found: `${inputs.length}`,
    });
  }
  const known = new Map<ValueId, Tensor>(graph.inputs.map((id, i) => [id, inputs[i]]));
  const read = (id: ValueId): Tensor => {
    const found = known.get(id) ?? valueOf(graph, id).constant;
    if (!found)
      throw new EdgecError('E_GRAPH_INVALID', 'a value is read before it is made', { where: `%${id}` });
    return found;
  };
  for (const node of graph.nodes) {
    const operands = node.inputs.map((id) => (id === undefined ? undefined : read(id)));
    const outputs = evaluateNode(graph, node, operands);
    node.outputs.forEach((id, i) => {
      known.set(id, outputs[i]);
    });
  }
  return graph.outputs.map(read);
}
