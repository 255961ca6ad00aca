import type { Node, Patch, ValueId } from '../graph/index.ts';
import { scalarOf } from './decompose.ts';
import { localPass } from './driver.ts';
import { type GraphView, hasClamp } from './graph-view.ts';

/** A product as one number times values. */
interface Product {
  factor: number;
  values: ValueId[];
  nodes: Node[];
}

const close = (a: number | undefined, b: number): boolean =>
  a !== undefined && Math.abs(a - b) <= 1e-4 * Math.abs(b);

/** Finds HardSwish, HardSigmoid and Gelu written out in simpler ops. */
export const recognizeActivations = localPass('recognize-activations', (node, view) => {
  if (node.op !== 'Mul' || hasClamp(node.attrs) || view.type(node.outputs[0]).dtype !== 'float32')
    return undefined;
  const product = productOf(node, view);
  const [a, b] = product.values;
  if (product.values.length === 1 && close(product.factor, 1 / 6)) {
    const x = plusThreeClipped(view, a);
    return x === undefined
      ? undefined
      : become(view, product.nodes, 'HardSigmoid', x, { alpha: 1 / 6, beta: 0.5 });
  }
  if (product.values.length !== 2) return undefined;
  return activation(view, product, a, b) ?? activation(view, product, b, a);
});

function activation(
  view: GraphView,
  { factor, nodes }: Product,
  x: ValueId,
  gate: ValueId,
): Patch | undefined {
  if (close(factor, 1 / 6) && plusThreeClipped(view, gate) === x)
    return become(view, nodes, 'HardSwish', x, {});
  const sigmoid = view.maker(gate, 'HardSigmoid');
  const isHardSwish =
    sigmoid?.inputs[0] === x && close(sigmoid.attrs.alpha as number, 1 / 6) && sigmoid.attrs.beta === 0.5;
  if (close(factor, 1) && isHardSwish) return become(view, nodes, 'HardSwish', x, {});
  if (close(factor, 0.5) && onePlusErf(view, gate) === x) return become(view, nodes, 'Gelu', x, {});
  return undefined;
}

function become(
  view: GraphView,
  nodes: Node[],
  op: string,
  x: ValueId,
  attrs: Node['attrs'],
): Patch | undefined {
  const [root] = nodes;
  if (view.shape(x).join() !== view.shape(root.outputs[0]).join()) return undefined;
  const patch = view.patch('recognize-activations', ...nodes);
  patch.replace(root.outputs[0], patch.add(op, [x], attrs, root.name)[0]);
  return patch.build();
}

/** Flattens the products and scalings below `root` that nothing else reads. */
function productOf(root: Node, view: GraphView): Product {
  const product: Product = { factor: 1, values: [], nodes: [root] };
  const pending = [...root.inputs] as ValueId[];
  while (pending.length > 0) {
    const id = pending.pop() as ValueId;
    const scalar = scalarOf(view, id);
    const inner = product.nodes.length < 4 ? view.maker(id, 'Mul') : undefined;
    if (scalar !== undefined) product.factor *= scalar;
    else if (inner && !hasClamp(inner.attrs) && view.hasOneReader(id)) {
      product.nodes.push(inner);
      pending.push(...(inner.inputs as ValueId[]));
    } else product.values.push(id);
  }
  return product;
}

/** x of clip(x + 3, 0, 6), the clip fused or not. */
function plusThreeClipped(view: GraphView, id: ValueId): ValueId | undefined {
  const clip = view.maker(id, 'Clip');
  const add = view.maker(clip ? clip.inputs[0] : id, 'Add');
  if (!add || (clip && hasClamp(add.attrs))) return undefined;
  const [low, high] = clip ? [clip.attrs.min, clip.attrs.max] : [add.attrs.clampMin, add.attrs.clampMax];
  return low === 0 && high === 6 ? withoutScalar(view, add, 3) : undefined;
}

/** x of 1 + erf(x / √2). */
function onePlusErf(view: GraphView, id: ValueId): ValueId | undefined {
  const add = view.maker(id, 'Add');
  const erf = add && !hasClamp(add.attrs) ? view.maker(withoutScalar(view, add, 1), 'Erf') : undefined;
  const scaled = view.maker(erf?.inputs[0], 'Mul');
  return scaled && !hasClamp(scaled.attrs) ? withoutScalar(view, scaled, Math.SQRT1_2) : undefined;
}

function withoutScalar(view: GraphView, node: Node, scalar: number): ValueId | undefined {
  const [a, b] = node.inputs as [ValueId, ValueId];
  if (close(scalarOf(view, b), scalar)) return a;
  return close(scalarOf(view, a), scalar) ? b : undefined;
}
