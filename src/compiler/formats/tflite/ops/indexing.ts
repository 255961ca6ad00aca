import { counting, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import { reversedSequences } from '../../sequences.ts';
import {
  axisOf,
  finish,
  flag,
  input,
  int,
  integers,
  type Operator,
  type Read,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';

const readTopK: Read = (op) => {
  const [k] = integers(op, 1, 1);
  return finish(op, 'TopK', [input(op, 0)], { axis: typeOf(op, 0).shape.length - 1, k });
};

const readGatherNd: Read = (op) => finish(op, 'GatherND', [input(op, 0), input(op, 1)]);

const fixed = (op: Operator, shape: readonly number[], values: ArrayLike<number>): ValueId =>
  op.builder.constant(`${op.name}.constant`, tensor('int32', shape, values));

/** Updates of one place are added up, on zeros. */
const readScatterNd: Read = (op) => {
  const { dtype, quant } = typeOf(op, 1);
  if (quant || (dtype !== 'float32' && dtype !== 'int32')) throw unsupported(op, `${dtype} values`);
  const zeros = op.builder.constant(`${op.name}.zeros`, tensor(dtype, integers(op, 2)));
  return finish(op, 'ScatterND', [zeros, input(op, 0), input(op, 1)], { reduction: 'add' });
};

const readOneHot: Read = (op) => {
  const [depth] = integers(op, 1, 1);
  const { shape } = typeOf(op, 0);
  if (op.outputTypes[0].quant) throw unsupported(op, 'quantised values');
  const given = int(op, 0, -1);
  const axis = given === -1 ? shape.length : axisOf(op, given, shape.length + 1);
  const index = step(op, 'Reshape', [input(op, 0)], { shape: shape.toSpliced(axis, 0, 1) });
  const places = counting(depth);
  const column = [depth, ...new Array<number>(shape.length - axis).fill(1)];
  const hit = step(op, 'Equal', [index, fixed(op, column, places)]);
  return finish(op, 'Where', [hit, input(op, 2), input(op, 3)]);
};

const readCumSum: Read = (op) => {
  if (op.outputTypes[0].quant) throw unsupported(op, 'quantised values');
  const [axis] = integers(op, 1, 1);
  return finish(op, 'CumSum', [input(op, 0)], {
    axis: axisOf(op, axis, typeOf(op, 0).shape.length),
    exclusive: flag(op, 0),
    reverse: flag(op, 1),
  });
};

const readFloorMod: Read = (op) => finish(op, 'FloorMod', [input(op, 0), input(op, 1)]);

/** Of integers: what is left is taken off first, so that nothing is rounded. */
const readFloorDiv: Read = (op) => {
  const [a, b] = [input(op, 0), input(op, 1)];
  if (typeOf(op, 0).dtype === 'float32') return finish(op, 'Floor', [step(op, 'Div', [a, b])]);
  return finish(op, 'Div', [step(op, 'Sub', [a, step(op, 'FloorMod', [a, b])]), b]);
};

/** Truth values as 0 and 1: any is the greatest, all the least. */
const truth =
  (name: string): Read =>
  (op) => {
    const numbers = step(op, 'Cast', [input(op, 0)], { to: 'int32' });
    const rank = typeOf(op, 0).shape.length;
    const axes = integers(op, 1).map((axis) => axisOf(op, axis, rank));
    const attrs = { axes: [...new Set(axes)].sort((p, q) => p - q), keepDims: flag(op, 0) };
    return finish(op, 'Cast', [step(op, name, [numbers], attrs)], { to: 'bool' });
  };

/** The first steps of every sequence back to front; how many, a constant says. */
const readReverseSequence: Read = (op) => {
  const { shape, quant } = typeOf(op, 0);
  const [time, batch] = [0, 1].map((slot) => axisOf(op, int(op, slot), shape.length));
  const lengths = integers(op, 1, shape[batch]);
  if (lengths.some((n) => n < 0 || n > shape[time])) throw unsupported(op, `lengths [${lengths}]`);
  const sources = reversedSequences(shape, time, batch, lengths);
  const flat = step(op, 'Reshape', [input(op, 0)], { shape: [sources.length] }, quant);
  const turned = step(op, 'Gather', [flat, fixed(op, [sources.length], sources)], { axis: 0 }, quant);
  return finish(op, 'Reshape', [turned], { shape });
};

const readEmbedding: Read = (op) => finish(op, 'Gather', [input(op, 1), input(op, 0)], { axis: 0 });

/** A matrix for each row, with the row on its diagonal. */
const readMatrixDiag: Read = (op) => {
  const { dtype, shape, quant } = typeOf(op, 0);
  const length = shape.at(-1) ?? 0;
  const places = counting(length * length).map((i) => Number(Math.floor(i / length) === i % length));
  const diagonal = op.builder.constant(`${op.name}.diagonal`, tensor('bool', [length, length], places));
  const zero = tensor(dtype, [], [quant?.zeroPoint[0] ?? 0], quant);
  const rows = step(op, 'Reshape', [input(op, 0)], { shape: [...shape.slice(0, -1), 1, length] }, quant);
  return finish(op, 'Where', [diagonal, rows, op.builder.constant(`${op.name}.zero`, zero)]);
};

export const reads = {
  TOPK_V2: readTopK,
  GATHER_ND: readGatherNd,
  SCATTER_ND: readScatterNd,
  ONE_HOT: readOneHot,
  CUMSUM: readCumSum,
  FLOOR_MOD: readFloorMod,
  FLOOR_DIV: readFloorDiv,
  REDUCE_ANY: truth('ReduceMax'),
  REDUCE_ALL: truth('ReduceMin'),
  REVERSE_SEQUENCE: readReverseSequence,
  EMBEDDING_LOOKUP: readEmbedding,
  MATRIX_DIAG: readMatrixDiag,
};
