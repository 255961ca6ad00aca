import { elementCount, sameQuant, sameShape } from '../../core/index.ts';
import { type Graph, type Node, operandConstants, valueOf } from '../graph/index.ts';
import type { Pass } from './driver.ts';

const isAll = (data: ArrayLike<number | bigint> | undefined, v: number): boolean => data !== undefined && Array.from(data).every((d) => Number(d) === v);
const inOrder = (perm: readonly number[]): boolean => perm.every((p, i) => p === i);

/** The operand that a node passes on unchanged. */
function passedOn(node: Node, graph: Graph): number | undefined {
  const [x] = node.inputs;
  const constants = operandConstants(graph, node);
  const free = node.attrs.clampMin === -Infinity && node.attrs.clampMax === Infinity;
  switch (node.op) {
    case 'Clip':
      return node.attrs.min === -Infinity && node.attrs.max === Infinity ? x : undefined;
    case 'Transpose':
      return inOrder(node.attrs.perm as number[]) ? x : undefined;
    case 'Reshape':
    case 'Expand':
    case 'Slice':
    case 'Tile':
      return x;
    case 'Pad':
      return isAll(node.attrs.pads as number[], 0) ? x : undefined;
    case 'Cast':
    case 'Concat':
      return node.inputs.length === 1 ? x : undefined;
    case 'Add':
      if (!free) return undefined;
      return isAll(constants[1]?.data, 0) ? x : isAll(constants[0]?.data, 0) ? node.inputs[1] : undefined;
    case 'Mul':
      if (!free) return undefined;
      return isAll(constants[1]?.data, 1) ? x : isAll(constants[0]?.data, 1) ? node.inputs[1] : undefined;
    case 'Sub':
      return free && isAll(constants[1]?.data, 0) ? x : undefined;
    case 'Div':
      return isAll(constants[1]?.data, 1) ? x : undefined;
    default:
      return undefined;
  }
}

/** Nodes that change nothing give way to their operand. */
export const eliminate: Pass = {
  name: 'eliminate',
  rewrite(node, { graph, patch, isOutput }) {
    const x = passedOn(node, graph);
    if (x === undefined) return undefined;
    const [from, to] = [valueOf(graph, x), valueOf(graph, node.outputs[0])];
    const same = from.type.dtype === to.type.dtype && sameShape(from.type.shape, to.type.shape) && sameQuant(from.type.quant, to.type.quant);
    const isBorder = isOutput(node.outputs[0]) && (graph.inputs.includes(x) || from.constant !== undefined || isOutput(x));
    if (!same || isBorder || elementCount(to.type.shape) === 0) return undefined;
    const p = patch('eliminate', node);
    p.replace(node.outputs[0], x);
    return p.build();
  },
};
