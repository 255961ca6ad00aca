import { broadcastShape, opByName, type Tensor, tensor } from '../../core/index.ts';
import type { Node, ValueId } from '../graph/index.ts';
import { localPass } from './driver.ts';
import { type GraphView, hasClamp } from './graph-view.ts';

/** Mul after Mul and Add after Add, both with constants, become one. */
export const mergeScalars = localPass('merge-scalars', (node, view) => {
  if (node.op !== 'Mul' && node.op !== 'Add') return undefined;
  const outer = withConstant(node, view);
  const inner = outer && view.maker(outer.operand, node.op);
  if (!outer || !inner || hasClamp(inner.attrs) || !view.hasOneReader(outer.operand)) return undefined;
  const first = withConstant(inner, view);
  if (!first || view.type(node.outputs[0]).dtype !== 'float32') return undefined;
  const patch = view.patch('merge-scalars', inner, node);
  const merged = patch.constant(`${node.name}.constant`, combine(node.op, first.constant, outer.constant));
  patch.replace(node.outputs[0], patch.add(node.op, [first.operand, merged], node.attrs, node.name)[0]);
  return patch.build();
});

function withConstant(node: Node, view: GraphView): { operand: ValueId; constant: Tensor } | undefined {
  const [a, b] = node.inputs as [ValueId, ValueId];
  const [ca, cb] = [view.constant(a), view.constant(b)];
  if (cb && !ca) return { operand: a, constant: cb };
  return ca && !cb ? { operand: b, constant: ca } : undefined;
}

function combine(op: string, a: Tensor, b: Tensor): Tensor {
  const result = tensor('float32', broadcastShape(a.shape, b.shape));
  const open = { clampMin: Number.NEGATIVE_INFINITY, clampMax: Number.POSITIVE_INFINITY };
  opByName(op).evaluate([a, b], open as never, [result]);
  return result;
}
