import { type Attrs, elementCount, type Tensor, tensor, transposeTensor } from '../../core/index.ts';
import type { Node, Patch, ValueId } from '../graph/index.ts';
import { localPass } from './driver.ts';
import { type GraphView, hasClamp } from './graph-view.ts';

/** What one node becomes: another op on the same or new operands. */
interface Rewrite {
  op: string;
  inputs: (ValueId | Tensor | Rewrite)[];
  attrs?: Attrs;
}

/** Rewrites ops in terms of those that executors are good at. */
export const decompose = localPass('decompose', (node, view) => {
  if (view.type(node.outputs[0]).dtype !== 'float32') return undefined;
  const rewrite = rules[node.op]?.(node, view);
  return rewrite && build(node, view, rewrite);
});

function build(node: Node, view: GraphView, rewrite: Rewrite): Patch {
  const patch = view.patch('decompose', node);
  const add = ({ op, inputs, attrs }: Rewrite, name: string): ValueId => {
    const operands = inputs.map((x) => {
      if (typeof x === 'number') return x;
      return 'op' in x ? add(x, `${name}.${x.op}`) : patch.constant(`${name}.constant`, x);
    });
    return patch.add(op, operands, attrs ?? {}, name)[0];
  };
  patch.replace(node.outputs[0], add(rewrite, node.name));
  return patch.build();
}

/** The one number that fills a constant. */
export function scalarOf(view: GraphView, id: ValueId | undefined): number | undefined {
  const data = view.constant(id)?.data as Float32Array | undefined;
  return data && data.length > 0 && data.every((v) => v === data[0]) ? data[0] : undefined;
}

const keepsShape = (node: Node, view: GraphView, x: ValueId): boolean =>
  view.shape(x).join() === view.shape(node.outputs[0]).join();

const rules: Readonly<Record<string, (node: Node, view: GraphView) => Rewrite | undefined>> = {
  Div(node, view) {
    const [a, b] = node.inputs as [ValueId, ValueId];
    const divisor = view.constant(b);
    if (!divisor || (divisor.data as Float32Array).some((v) => v === 0)) return undefined;
    const reciprocal = Float32Array.from(divisor.data as Float32Array, (v) => 1 / v);
    if (!reciprocal.every(Number.isFinite)) return undefined;
    return { op: 'Mul', inputs: [a, tensor('float32', divisor.shape, reciprocal)] };
  },
  Pow(node, view) {
    const [x, e] = node.inputs as [ValueId, ValueId];
    const exponent = scalarOf(view, e);
    if (exponent === undefined || !keepsShape(node, view, x)) return undefined;
    if (exponent === 2) return { op: 'Mul', inputs: [x, x] };
    const op = new Map([
      [0.5, 'Sqrt'],
      [-0.5, 'Rsqrt'],
      [-1, 'Reciprocal'],
    ]).get(exponent);
    return op ? { op, inputs: [x] } : undefined;
  },
  Sub(node, view) {
    const [a, b] = node.inputs as [ValueId, ValueId];
    const negates = scalarOf(view, a) === 0 && keepsShape(node, view, b) && !hasClamp(node.attrs);
    return negates ? { op: 'Neg', inputs: [b] } : undefined;
  },
  /** A mean has a scale of its own in int8; a pool shares that of its input, most of which it never reaches. */
  AveragePool2d(node, view) {
    const [x] = node.inputs as [ValueId];
    const { kernel, pads } = node.attrs as Record<string, readonly number[]>;
    const [batch, height, width, channels] = view.shape(x);
    const [, rows, columns] = view.shape(node.outputs[0]);
    const isOne = rows === 1 && columns === 1 && kernel[0] <= height && kernel[1] <= width;
    if (!isOne || pads.some((p) => p !== 0) || hasClamp(node.attrs)) return undefined;
    const sizes = [batch, ...kernel, channels];
    const isWhole = kernel[0] === height && kernel[1] === width;
    const slicing = { starts: [0, 0, 0, 0], sizes, steps: [1, 1, 1, 1] };
    const pixels = isWhole ? x : { op: 'Slice', inputs: [x], attrs: slicing };
    return { op: 'ReduceMean', inputs: [pixels], attrs: { axes: [1, 2], keepDims: true } };
  },
  Max: (node, view) => bound(node, view, 'min'),
  Min: (node, view) => bound(node, view, 'max'),
  MatMul(node, view) {
    const [x, w] = node.inputs as [ValueId, ValueId];
    const weight = view.constant(w);
    if (!weight || weight.shape.length !== 2 || view.shape(x).length < 2 || elementCount(weight.shape) === 0)
      return undefined;
    return { op: 'FullyConnected', inputs: [x, transposeTensor(weight, [1, 0])] };
  },
};

function bound(node: Node, view: GraphView, side: 'min' | 'max'): Rewrite | undefined {
  const [a, b] = node.inputs as [ValueId, ValueId];
  const [x, limit] = view.constant(b) ? [a, scalarOf(view, b)] : [b, scalarOf(view, a)];
  if (limit === undefined || !keepsShape(node, view, x)) return undefined;
  return { op: 'Clip', inputs: [x], attrs: { [side]: limit } };
}
