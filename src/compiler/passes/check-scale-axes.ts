import { EdgecError, opByName, type QuantParams } from '../../core/index.ts';
import { type Graph, operandTypes } from '../graph/index.ts';

/** Throws E_OP_UNSUPPORTED, naming the node, where weights have scales along another axis than that of their outputs. */
export function checkScaleAxes(graph: Graph): void {
  for (const node of graph.nodes) {
    const rule = opByName(node.op).quantize;
    const quant: QuantParams | undefined = operandTypes(graph, node)[1]?.quant;
    if (rule?.kind !== 'accumulate' || quant?.axis === undefined || quant.axis === rule.weightAxis) continue;
    throw new EdgecError(
      'E_OP_UNSUPPORTED',
      `scales of the weights of ${node.op} along this axis are not supported`,
      {
        expected: `axis ${rule.weightAxis}`,
        found: `axis ${quant.axis}`,
        where: node.name,
        remedy: 'quantise the model for each output channel',
      },
    );
  }
}
