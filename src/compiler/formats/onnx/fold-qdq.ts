import type { Graph } from '../../graph/index.ts';

export function foldQdq(graph: Graph): Graph {
  return graph;
}
