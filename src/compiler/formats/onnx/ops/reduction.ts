import type { ValueId } from '../../../graph/index.ts';
import type { Importer, Importers, NodeImport } from '../node-import.ts';

/** Axes moved from an attribute to an input at `inputSince`. */
function reduceAxes(node: NodeImport, rank: number, inputSince: number): number[] {
  const all = Array.from({ length: rank }, (_, i) => i);
  if (node.opset < inputSince) return node.axes(node.attrs.ints('axes', all), rank);
  const given = node.optionalNumbers(1, 'axes') ?? [];
  if (given.length > 0) return node.axes(given, rank);
  return node.attrs.flag('noop_with_empty_axes', false) ? [] : all;
}

type Step = (node: NodeImport, x: ValueId) => ValueId;
const keep: Step = (_, x) => x;
const square: Step = (node, x) => node.emit('Mul', [x, x]);

const reduce =
  (op: string, inputSince = 18, before: Step = keep, after: Step = keep): Importer =>
  (node) => {
    const x = node.input(0);
    const axes = reduceAxes(node, node.rank(x), inputSince);
    const start = before(node, x);
    if (axes.length === 0) return after(node, start);
    return after(node, node.emit(op, [start], { axes, keepDims: node.attrs.flag('keepdims', true) }));
  };

/** Logarithms of sums of exponentials, none of which is above 1. */
function logSumExp(node: NodeImport): ValueId {
  const x = node.input(0);
  const axes = reduceAxes(node, node.rank(x), 18);
  if (axes.length === 0) return x;
  const greatest = node.emit('ReduceMax', [x], { axes, keepDims: true });
  const powers = node.emit('Exp', [node.emit('Sub', [x, greatest])]);
  const sum = node.emit('ReduceSum', [powers], { axes, keepDims: true });
  const y = node.emit('Add', [node.emit('Log', [sum]), greatest]);
  if (node.attrs.flag('keepdims', true)) return y;
  return node.reshape(
    y,
    node.shape(x).filter((_, i) => !axes.includes(i)),
  );
}

const argument =
  (op: string): Importer =>
  (node) => {
    const x = node.input(0);
    return node.emit(op, [x], {
      axis: node.axis(node.attrs.int('axis', 0), node.rank(x)),
      keepDims: node.attrs.flag('keepdims', true),
      selectLast: node.attrs.flag('select_last_index', false),
    });
  };

export const reductionImporters: Importers = {
  ReduceMean: reduce('ReduceMean'),
  ReduceSum: reduce('ReduceSum', 13),
  ReduceMax: reduce('ReduceMax'),
  ReduceMin: reduce('ReduceMin'),
  ReduceProd: reduce('ReduceProd'),
  ReduceL1: reduce('ReduceSum', 18, (node, x) => node.emit('Abs', [x])),
  ReduceL2: reduce('ReduceSum', 18, square, (node, x) => node.emit('Sqrt', [x])),
  ReduceSumSquare: reduce('ReduceSum', 18, square),
  ReduceLogSum: reduce('ReduceSum', 18, keep, (node, x) => node.emit('Log', [x])),
  ReduceLogSumExp: logSumExp,
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
};
