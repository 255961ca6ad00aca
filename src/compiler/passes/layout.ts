import { elementCount } from '../../core/index.ts';
import { applyPatches, type Graph } from '../graph/index.ts';
import type { Pass } from './driver.ts';
import { GraphView, intsAttr } from './graph-view.ts';
import { LayoutSweep } from './layout-sweep.ts';
import { keepsOrder } from './permutation.ts';

/** Elements that the transposes of a graph move, and how many transposes those are. */
export function transposeCost(graph: Graph): { elements: number; count: number } {
  let elements = 0;
  let count = 0;
  for (const node of graph.nodes) {
    const shape = node.op === 'Transpose' && graph.values.get(node.inputs[0] as number)?.type.shape;
    if (!shape || keepsOrder(shape, intsAttr(node.attrs, 'perm'))) continue;
    elements += elementCount(shape);
    count++;
  }
  return { elements, count };
}

/**
 * Pushes transposes down through the whole graph in one sweep, until they meet their inverse or a node that needs
 * the order of its axes. The sweep is kept where the transposes that remain move fewer elements, or as many further
 * down, where they may meet a reshape.
 */
export const layout: Pass = {
  name: 'layout',
  patches(graph, ids) {
    if (!graph.nodes.some((n) => n.op === 'Transpose')) return [];
    const sweep = new LayoutSweep(new GraphView(graph, ids));
    const patch = sweep.run();
    if (patch.replace.size === 0) return [];
    const before = transposeCost(graph);
    const after = transposeCost(applyPatches(graph, [patch]));
    const cheaper = after.elements < before.elements;
    const deeper = sweep.pushed > 0 && after.elements === before.elements && after.count <= before.count;
    return cheaper || deeper ? [patch] : [];
  },
};
