import type { Graph, Node } from '../graph/index.ts';
import type { Pass } from './driver.ts';

const keyOf = (node: Node): string => `${node.op}|${node.inputs}|${JSON.stringify(node.attrs, (_, v) => (v === Infinity ? 'inf' : v === -Infinity ? '-inf' : v))}`;

const firstByKey = new WeakMap<Graph, Map<string, Node>>();

function index(graph: Graph): Map<string, Node> {
  const known = firstByKey.get(graph);
  if (known) return known;
  const map = new Map<string, Node>();
  for (const node of graph.nodes) if (!map.has(keyOf(node))) map.set(keyOf(node), node);
  firstByKey.set(graph, map);
  return map;
}

/** Two nodes with the same op, operands and attributes become one. */
export const commonSubexpressions: Pass = {
  name: 'common-subexpressions',
  rewrite(node, { graph, patch, isOutput }) {
    const first = index(graph).get(keyOf(node));
    if (!first || first === node || node.outputs.some(isOutput)) return undefined;
    const p = patch('common-subexpressions', first, node);
    node.outputs.forEach((id, i) => {
      p.replace(id, first.outputs[i]);
    });
    return p.build();
  },
};
