import { checkLimit, EdgecError } from '../../../core/index.ts';
import type { ValueId } from '../../graph/index.ts';
import type { ImportContext } from './import-context.ts';
import { addInitializers, addNodes } from './import-nodes.ts';
import { decode } from './proto/message.ts';
import { graphSchema } from './proto/onnx.ts';

const mostSubgraphs = 4096;

/**
 * Brings a subgraph into the graph, its inputs bound to `inputs`; returns its outputs. It sees the names around it, and
 * its own end with it. Throws E_LIMIT_EXCEEDED where subgraphs nest too deep or are too many.
 */
export function inlineGraph(
  context: ImportContext,
  bytes: Uint8Array,
  inputs: readonly ValueId[],
): ValueId[] {
  const graph = decode(graphSchema, bytes);
  checkLimit(context.builder.limits, 'nesting', context.depth + 1);
  if (++context.inlined > mostSubgraphs)
    throw new EdgecError('E_LIMIT_EXCEEDED', 'loops have too many steps in all', {
      expected: `${mostSubgraphs} at most`,
    });
  const outer = new Set(context.values.keys());
  context.depth++;
  graph.input.forEach((info, i) => {
    const id = inputs[i];
    if (id === undefined) throw new EdgecError('E_GRAPH_INVALID', 'a subgraph has inputs that nothing feeds');
    context.values.set(info.name ?? '', id);
  });
  addInitializers(context, graph);
  addNodes(context, graph);
  const outputs = graph.output.map(({ name = '' }) => {
    const id = context.values.get(name);
    if (id === undefined)
      throw new EdgecError('E_GRAPH_INVALID', `output '${name}' of a subgraph is never made`);
    return id;
  });
  for (const name of [...context.values.keys()]) if (!outer.has(name)) context.values.delete(name);
  context.depth--;
  return outputs;
}
