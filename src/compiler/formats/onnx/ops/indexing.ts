import {
  counting,
  EdgecError,
  elementCount,
  numbers,
  stridesOf,
  type Tensor,
  tensor,
} from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import { reversedSequences } from '../../sequences.ts';
import type { Importer, Importers, NodeImport } from '../node-import.ts';
import { graphDtype } from '../tensor-proto.ts';

const axisOf = (node: NodeImport, fallback = 0): number =>
  node.axis(node.attrs.int('axis', fallback), node.rank(node.input(0)));

const misfit = (node: NodeImport, what: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_OP_SHAPE', `${what} of ${node.op} does not fit`, { expected, found, where: node.name });

const scatterElements: Importer = (node) =>
  node.emit('ScatterElements', [node.input(0), node.input(1), node.input(2)], {
    axis: axisOf(node),
    reduction: node.attrs.string('reduction', 'none'),
  });

/** `on` where the running index of an axis of length `depth` is the index, else `off`. */
function oneHot(node: NodeImport): ValueId {
  const [depth] = node.numbersOf(1, 'depth');
  if (!(depth >= 0)) throw misfit(node, 'depth', '0 or more', `${depth}`);
  const given = node.input(0);
  const indices = node.type(given).dtype === 'int32' ? given : node.emit('Cast', [given], { to: 'int32' });
  const shape = node.shape(indices);
  const axis = node.axis(node.attrs.int('axis', -1), shape.length + 1);
  const below = node.emit('Less', [indices, node.intConstant([], [0])]);
  const fromEnd = node.emit('Add', [indices, node.intConstant([], [depth])]);
  const index = node.reshape(node.emit('Where', [below, fromEnd, indices]), shape.toSpliced(axis, 0, 1));
  const values = node.input(2);
  if (node.shape(values).join() !== '2') throw misfit(node, 'values', '[2]', `[${node.shape(values)}]`);
  const places = node.intConstant(
    [depth, ...new Array<number>(shape.length - axis).fill(1)],
    counting(depth),
  );
  const [off, on] = [0, 1].map((i) => node.emit('Gather', [values, node.intConstant([], [i])], { axis: 0 }));
  return node.emit('Where', [node.emit('Equal', [index, places]), on, off]);
}

/** Before opset 10, k is an attribute. */
function topK(node: NodeImport): ValueId[] {
  const k = node.opset < 10 ? node.attrs.int('k') : (node.optionalScalar(1, 'k') ?? 0);
  const largest = node.attrs.flag('largest', true);
  return node.emitAll('TopK', [node.input(0)], { axis: axisOf(node, -1), k, largest });
}

function cumSum(node: NodeImport): ValueId {
  const x = node.input(0);
  return node.emit('CumSum', [x], {
    axis: node.axis(node.optionalScalar(1, 'axis') ?? 0, node.rank(x)),
    exclusive: node.attrs.flag('exclusive', false),
    reverse: node.attrs.flag('reverse', false),
  });
}

/** The triangle of the last two axes; 0 elsewhere. */
function trilu(node: NodeImport): ValueId {
  const x = node.input(0);
  if (node.rank(x) < 2) throw misfit(node, 'input', 'two axes or more', `[${node.shape(x)}]`);
  const [rows, columns] = node.shape(x).slice(-2);
  const k = node.optionalScalar(1, 'k') ?? 0;
  const upper = node.attrs.flag('upper', true);
  const inside = counting(rows * columns).map((i) => {
    const distance = (i % columns) - Math.floor(i / columns);
    return Number(upper ? distance >= k : distance <= k);
  });
  const mask = node.addConstant(tensor('bool', [rows, columns], inside));
  return node.emit('Where', [mask, x, node.addConstant(tensor(node.type(x).dtype, [], [0]))]);
}

function eyeLike(node: NodeImport): ValueId {
  const x = node.input(0);
  const [rows, columns] = node.shape(x);
  const dtype = node.attrs.has('dtype') ? graphDtype(node.attrs.int('dtype'), node.name) : node.type(x).dtype;
  const k = node.attrs.int('k', 0);
  const ones = counting(rows * columns).map((i) => Number((i % columns) - Math.floor(i / columns) === k));
  return node.addConstant(tensor(dtype, [rows, columns], ones));
}

/** Places of the elements of a constant that are not 0, one row an axis. */
function nonZero(node: NodeImport): ValueId {
  const x = node.constant(0, 'an operand');
  const strides = stridesOf(x.shape);
  const found = counting(x.data.length).filter((i) => Number(x.data[i]) !== 0);
  const rows = x.shape.flatMap((d, axis) => found.map((i) => Math.floor(i / strides[axis]) % d));
  return node.intConstant([x.shape.length, found.length], rows);
}

function compress(node: NodeImport): ValueId {
  const given = node.input(0);
  const kept = node.numbersOf(1, 'condition').flatMap((v, i) => (v === 0 ? [] : [i]));
  const x = node.attrs.has('axis') ? given : node.reshape(given, [elementCount(node.shape(given))]);
  const axis = node.attrs.has('axis') ? axisOf(node) : 0;
  return node.emit('Gather', [x, node.intConstant([kept.length], kept)], { axis });
}

/** The first steps of every sequence back to front; how many, a constant says. */
function reverseSequence(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const time = node.axis(node.attrs.int('time_axis', 0), shape.length);
  const batch = node.axis(node.attrs.int('batch_axis', 1), shape.length);
  const lengths = node.numbersOf(1, 'sequence_lens');
  if (lengths.length !== shape[batch] || lengths.some((n) => n < 0 || n > shape[time]))
    throw misfit(node, 'sequence_lens', `${shape[batch]} lengths up to ${shape[time]}`, `[${lengths}]`);
  const sources = reversedSequences(shape, time, batch, lengths);
  const flat = node.reshape(x, [sources.length]);
  return node.reshape(
    node.emit('Gather', [flat, node.intConstant([sources.length], sources)], { axis: 0 }),
    shape,
  );
}

/** Values in the order of their first places, or ascending; with those places, where each element went, and counts. */
function unique(node: NodeImport): ValueId[] {
  if (node.attrs.has('axis')) throw node.unsupported('an axis');
  const x: Tensor = node.constant(0, 'an operand');
  const values = Array.from(numbers(x));
  const found = [...new Set(values)];
  if (node.attrs.flag('sorted', true)) found.sort((a, b) => a - b);
  const list = (of: readonly number[]): ValueId => node.intConstant([of.length], of);
  return [
    node.addConstant(tensor(x.dtype, [found.length], found)),
    list(found.map((v) => values.indexOf(v))),
    list(values.map((v) => found.indexOf(v))),
    list(found.map((v) => values.filter((other) => other === v).length)),
  ];
}

export const indexingImporters: Importers = {
  GatherElements: (node) =>
    node.emit('GatherElements', [node.input(0), node.input(1)], { axis: axisOf(node) }),
  GatherND: (node) =>
    node.emit('GatherND', [node.input(0), node.input(1)], { batchDims: node.attrs.int('batch_dims', 0) }),
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  ScatterND: (node) =>
    node.emit('ScatterND', [node.input(0), node.input(1), node.input(2)], {
      reduction: node.attrs.string('reduction', 'none'),
    }),
  OneHot: oneHot,
  TopK: topK,
  CumSum: cumSum,
  Trilu: trilu,
  EyeLike: eyeLike,
  NonZero: nonZero,
  Compress: compress,
  ReverseSequence: reverseSequence,
  Unique: unique,
};
