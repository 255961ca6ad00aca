import { opByName } from '../ops/index.ts';
import type { PackageGraph, PackageNode } from '../package/package.ts';

/**
 * The values that can be stored plus 128: int8, computed, neither input nor output, and every op around them takes it.
 * Values that one op needs stored alike are so or are not together.
 */
export function plus128Values(graph: PackageGraph): ReadonlySet<number> {
  const isInt8 = (id: number | undefined): id is number =>
    id !== undefined && graph.values[id].type.dtype === 'int8';
  const group = graph.values.map((_, id) => id);
  const root = (id: number): number => {
    while (group[id] !== id) {
      group[id] = group[group[id]];
      id = group[id];
    }
    return id;
  };
  const barred = new Set<number>([...graph.inputs, ...graph.outputs]);
  graph.values.forEach((value, id) => {
    if (value.constant) barred.add(id);
  });
  const operands = (node: PackageNode): number[] => [...node.inputs, ...node.outputs].filter(isInt8);
  for (const node of graph.nodes) {
    const { storage } = opByName(node.op);
    if (storage === 'any') continue;
    const [first, ...others] = operands(node);
    for (const id of others) group[root(id)] = root(first);
    if (storage === undefined && first !== undefined) barred.add(first);
  }
  const barredGroups = new Set([...barred].map(root));
  return new Set(graph.values.flatMap((_, id) => (isInt8(id) && !barredGroups.has(root(id)) ? [id] : [])));
}
