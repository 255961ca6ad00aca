import { sameShape } from '../../../../core/index.ts';
import type { Node, ValueId } from '../../../graph/index.ts';
import { layoutOf } from './elementwise-rows.ts';
import { type Emitter, firstAxis, type Layout } from './emitter.ts';
import type { AttributeInput } from './protos.ts';
import type { Row, Rows } from './rows.ts';

const list = (node: Node, name: string): readonly number[] => node.attrs[name] as readonly number[];
const axisIn = (layout: Layout, axis: number): number => (layout === 'first' ? firstAxis(axis) : axis);

/** A list with one entry an axis, in the order of a layout's axes. */
const inLayout = (layout: Layout, values: readonly number[]): readonly number[] =>
  layout === 'first' ? [0, 3, 1, 2].map((axis) => values[axis]) : values;

/** Dropped axes may leave the others in the order of the graph only. */
function reduceLayout(emitter: Emitter, node: Node): Layout {
  const [x] = node.inputs as [ValueId];
  if (!emitter.has(x, 'first')) return 'plain';
  if (node.attrs.keepDims) return 'first';
  const kept = [0, 3, 1, 2].filter((axis) => !list(node, 'axes').includes(axis));
  return kept.every((axis, i) => i === 0 || axis > kept[i - 1]) ? 'first' : 'plain';
}

const isGlobal = (node: Node, op: string, layout: Layout): boolean =>
  op === 'ReduceMean' &&
  layout === 'first' &&
  node.attrs.keepDims === true &&
  list(node, 'axes').join() === '1,2';

/** The mean over space, in the form that runtimes have in integers. */
function globalPool(emitter: Emitter, node: Node): void {
  const x = emitter.real(node.inputs[0] as ValueId, 'first');
  emitter.result(node.outputs[0], 'first', emitter.emit('GlobalAveragePool', [x], {}, node.name));
}

const reduce =
  (op: string): Row =>
  (emitter, node) => {
    const layout = reduceLayout(emitter, node);
    if (isGlobal(node, op, layout)) return globalPool(emitter, node);
    const axes = list(node, 'axes')
      .map((a) => axisIn(layout, a))
      .sort((a, b) => a - b);
    const keepdims = { i: node.attrs.keepDims ? 1 : 0 };
    const x = emitter.real(node.inputs[0] as ValueId, layout);
    const y =
      op === 'ReduceSum'
        ? emitter.emit(op, [x, emitter.int64s(`${node.name}_axes`, axes)], { keepdims }, node.name)
        : emitter.emit(op, [x], { axes, keepdims }, node.name);
    emitter.result(node.outputs[0], node.attrs.keepDims ? layout : 'plain', y);
  };

/** A node that moves elements: on the stored bytes where they keep their meaning, else on the reals. */
function move(
  emitter: Emitter,
  node: Node,
  layout: Layout,
  op: string,
  extra: string[],
  attrs: Readonly<Record<string, AttributeInput>>,
): void {
  const [x] = node.inputs as [ValueId];
  const bytes = emitter.keepsBytes(node);
  const input = bytes ? emitter.raw(x, layout) : emitter.real(x, layout);
  const outputs = node.outputs.map((_, i) => emitter.unique(i === 0 ? node.name : `${node.name}_${i}`));
  emitter.node(op, [input, ...extra], outputs, attrs);
  node.outputs.forEach((y, i) => {
    if (bytes) emitter.define(y, layout, outputs[i]);
    else emitter.result(y, layout, outputs[i]);
  });
}

function transpose(emitter: Emitter, node: Node): void {
  const [x, y, perm] = [node.inputs[0] as ValueId, node.outputs[0], list(node, 'perm')];
  if (emitter.keepsBytes(node)) {
    if (sameShape(perm, [0, 2, 3, 1])) return emitter.define(y, 'first', emitter.raw(x));
    if (sameShape(perm, [0, 3, 1, 2])) return emitter.define(y, 'plain', emitter.raw(x, 'first'));
  }
  move(emitter, node, 'plain', 'Transpose', [], { perm });
}

function slice(emitter: Emitter, node: Node): void {
  const layout = layoutOf(emitter, node);
  const [starts, sizes, steps] = ['starts', 'sizes', 'steps'].map((name) =>
    inLayout(layout, list(node, name)),
  );
  const ends = starts.map((s, i) => {
    const end = s + sizes[i] * steps[i];
    return steps[i] < 0 && end < 0 ? -(2 ** 31) : end;
  });
  const lists = [starts, ends, starts.map((_, i) => i), steps];
  const names = ['starts', 'ends', 'axes', 'steps'].map((name, i) =>
    emitter.int64s(`${node.name}_${name}`, lists[i]),
  );
  move(emitter, node, layout, 'Slice', names, {});
}

function pad(emitter: Emitter, node: Node): void {
  const layout = layoutOf(emitter, node);
  const pads = list(node, 'pads');
  const rank = pads.length / 2;
  const both = [pads.slice(0, rank), pads.slice(rank)].flatMap((half) => inLayout(layout, half));
  const inputs = [
    emitter.real(node.inputs[0] as ValueId, layout),
    emitter.int64s(`${node.name}_pads`, both),
    emitter.float(`${node.name}_value`, node.attrs.value as number),
  ];
  emitter.result(
    node.outputs[0],
    layout,
    emitter.emit('Pad', inputs, { mode: node.attrs.mode as string }, node.name),
  );
}

function concat(emitter: Emitter, node: Node): void {
  const layout = layoutOf(emitter, node);
  const axis = axisIn(layout, node.attrs.axis as number);
  const inputs = node.inputs.map((id) => emitter.real(id as ValueId, layout));
  emitter.result(node.outputs[0], layout, emitter.emit('Concat', inputs, { axis: { i: axis } }, node.name));
}

function split(emitter: Emitter, node: Node): void {
  const layout = layoutOf(emitter, node);
  const sizes = emitter.int64s(`${node.name}_sizes`, list(node, 'sizes'));
  move(emitter, node, layout, 'Split', [sizes], { axis: { i: axisIn(layout, node.attrs.axis as number) } });
}

const softmax =
  (op: string): Row =>
  (emitter, node) => {
    const layout = layoutOf(emitter, node);
    const x = emitter.real(node.inputs[0] as ValueId, layout);
    const beta = (node.attrs.beta ?? 1) as number;
    const scaled =
      beta === 1
        ? x
        : emitter.emit('Mul', [x, emitter.float(`${node.name}_beta`, beta)], {}, `${node.name}_scaled`);
    const y = emitter.emit(
      op,
      [scaled],
      { axis: { i: axisIn(layout, node.attrs.axis as number) } },
      node.name,
    );
    emitter.result(node.outputs[0], layout, y);
  };

const argument =
  (op: string): Row =>
  (emitter, node) => {
    const attrs = {
      axis: { i: node.attrs.axis as number },
      keepdims: { i: node.attrs.keepDims ? 1 : 0 },
      select_last_index: { i: node.attrs.selectLast ? 1 : 0 },
    };
    const wide = emitter.emit(op, [emitter.real(node.inputs[0] as ValueId)], attrs, `${node.name}_int64`);
    emitter.define(node.outputs[0], 'plain', emitter.emit('Cast', [wide], { to: { i: 6 } }, node.name));
  };

/** An op that takes a list as a second input. */
const withList =
  (op: string, attr: string): Row =>
  (emitter, node) =>
    move(emitter, node, 'plain', op, [emitter.int64s(`${node.name}_${attr}`, list(node, attr))], {});

function gather(emitter: Emitter, node: Node): void {
  move(emitter, node, 'plain', 'Gather', [emitter.raw(node.inputs[1] as ValueId)], {
    axis: { i: node.attrs.axis as number },
  });
}

export const axisRows: Rows = {
  ReduceMean: reduce('ReduceMean'),
  ReduceSum: reduce('ReduceSum'),
  ReduceMax: reduce('ReduceMax'),
  ReduceMin: reduce('ReduceMin'),
  ReduceProd: reduce('ReduceProd'),
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Transpose: transpose,
  Slice: slice,
  Pad: pad,
  Concat: concat,
  Split: split,
  Gather: gather,
  Reshape: withList('Reshape', 'shape'),
  Expand: withList('Expand', 'shape'),
  Tile: withList('Tile', 'repeats'),
};
