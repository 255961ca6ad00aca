import { defineOp } from '../define-op.ts';
import { stridesOf, type Tensor } from '../tensor.ts';
import { attributeError, movementPorts, permuteList, reshaped } from './movement.ts';
import { randomFloat, randomInt8, randomInt16 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { stridedCopy } from './strided-copy.ts';

interface Slicing {
  starts: readonly number[];
  sizes: readonly number[];
  steps: readonly number[];
}

/** Whether the slice takes elements of an axis of `length` only. */
function insideAxis({ starts, sizes, steps }: Slicing, axis: number, length: number): boolean {
  const [start, size, step] = [starts[axis], sizes[axis], steps[axis]];
  if (step === 0 || size < 0) return false;
  const last = start + (size - 1) * step;
  return size === 0 || (start >= 0 && start < length && last >= 0 && last < length);
}

export const slice = defineOp({
  name: 'Slice',
  summary: 'Every step-th element from a start, on each axis; steps may be negative.',
  source: 'ONNX Slice-13, normalised: starts, sizes and steps for every axis',
  ...movementPorts,
  attrs: { starts: { kind: 'ints' }, sizes: { kind: 'ints' }, steps: { kind: 'ints' } },
  infer([x], slicing) {
    const input = operand(x, 'x');
    const { starts, sizes, steps } = slicing;
    const rank = input.shape.length;
    const wholeRank = starts.length === rank && sizes.length === rank && steps.length === rank;
    if (!wholeRank || !input.shape.every((length, axis) => insideAxis(slicing, axis, length))) {
      throw attributeError(
        'the slice leaves its input',
        `inside [${input.shape}], steps other than 0`,
        `starts ${starts}, sizes ${sizes}, steps ${steps}`,
      );
    }
    return [reshaped(input, sizes)];
  },
  evaluate([x], { starts, sizes, steps }, [y]) {
    const input = x as Tensor;
    const own = stridesOf(input.shape);
    const offset = own.reduce((sum, s, i) => sum + s * starts[i], 0);
    stridedCopy(
      input.data,
      y.data,
      sizes,
      own.map((s, i) => s * steps[i]),
      offset,
    );
  },
  quantize: { kind: 'same-scale' },
  permute: (a, perm) => ({
    starts: permuteList(a.starts, perm),
    sizes: permuteList(a.sizes, perm),
    steps: permuteList(a.steps, perm),
  }),
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [randomInt8(random, [4, 5, 6])],
      attrs: { starts: [1, 4, 0], sizes: [2, 3, 3], steps: [1, -2, 2] },
    },
    { inputs: [randomInt16(random, [9])], attrs: { starts: [1], sizes: [4], steps: [2] } },
    { inputs: [randomFloat(random, [9])], attrs: { starts: [8], sizes: [9], steps: [-1] } },
    {
      inputs: [randomFloat(random, [2, 1, 5, 4, 3])],
      attrs: { starts: [1, 0, 0, 3, 2], sizes: [2, 1, 3, 2, 1], steps: [-1, 1, 2, -3, 7] },
    },
  ],
});
