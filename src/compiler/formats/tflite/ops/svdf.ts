import { elementCount } from '../../../../core/index.ts';
import { clampOf, code, input, int, type Read, step, typeOf, unsupported } from '../import-context.ts';
import { finishReal, realInput, realWeight } from './recurrent.ts';

/**
 * Filters of rank 1 over the last steps: what features are found now goes behind those of the steps before, each
 * filter weights its own by time, and every `rank` filters make a unit.
 */
const readSvdf: Read = (op) => {
  const [byFeature, byTime] = [realWeight(op, 1), realWeight(op, 2)];
  const [filters, memory] = byTime.shape;
  const rank = int(op, 0);
  const { shape } = typeOf(op, 4);
  const batch = elementCount(shape) / (filters * memory);
  if (!(rank >= 1) || filters % rank !== 0 || !Number.isInteger(batch))
    throw unsupported(op, `${filters} filters of rank ${rank} and a state of [${shape}]`);
  const constantOf = (t: typeof byTime): number => op.builder.constant(`${op.name}.weights`, t);
  const found = step(op, 'FullyConnected', [realInput(op), constantOf(byFeature)]);
  const before = step(op, 'Reshape', [input(op, 4)], { shape: [batch, filters, memory] });
  const kept = step(op, 'Slice', [before], {
    starts: [0, 0, 1],
    sizes: [batch, filters, memory - 1],
    steps: [1, 1, 1],
  });
  const newest = step(op, 'Reshape', [found], { shape: [batch, filters, 1] });
  const steps = step(op, 'Concat', [kept, newest], { axis: 2 });
  op.keep(4, step(op, 'Reshape', [steps], { shape }));
  const weighted = step(op, 'Mul', [steps, constantOf(byTime)]);
  const units = step(op, 'Reshape', [weighted], { shape: [batch, filters / rank, rank * memory] });
  const sums = step(op, 'ReduceSum', [units], { axes: [2], keepDims: false });
  const biased = op.inputs[3] === undefined ? sums : step(op, 'Add', [sums, constantOf(realWeight(op, 3))]);
  const { clampMin: min, clampMax: max } = clampOf(op, code(op, 1));
  return finishReal(op, step(op, 'Clip', [biased], { min, max }), [0, 1]);
};

export const reads = { SVDF: readSvdf };
