import { consumers, type Graph, type Node } from '../graph/index.ts';

const moves = new Set(['Concat', 'Reshape', 'Transpose', 'Slice', 'Split']);

/**
 * The nodes from a Concat on that only move elements to outputs of the graph. Where those are real, the parts are
 * made real before they are joined, so that each keeps its own scale: boxes and scores of a detector, for one.
 */
export function realTail(graph: Graph): Set<Node> {
  const readers = consumers(graph);
  const moving = new Set<Node>();
  for (const node of [...graph.nodes].reverse()) {
    const ends = node.outputs.every((id) => (readers.get(id) ?? []).every((reader) => moving.has(reader)));
    if (moves.has(node.op) && ends) moving.add(node);
  }
  const joined = new Set<number>();
  const tail = new Set<Node>();
  for (const node of moving.size > 0 ? graph.nodes : []) {
    const follows = node.inputs.some((id) => id !== undefined && joined.has(id));
    if (!moving.has(node) || (node.op !== 'Concat' && !follows)) continue;
    tail.add(node);
    for (const id of node.outputs) joined.add(id);
  }
  return tail;
}
