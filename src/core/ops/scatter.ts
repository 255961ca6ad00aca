import { defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { type DType, elementCount, sameShape, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { checkElementIndices, elementOffsets, sliceOffsets, sliceShape } from './indexing.ts';
import { withAxis } from './movement.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const dtypes: readonly DType[] = ['float32', 'int32', 'bool'];
const inputs = [
  { name: 'x', dtypes },
  { name: 'indices', dtypes: ['int32'] },
  { name: 'updates', dtypes },
] as const;
const reductions = ['none', 'add', 'mul', 'min', 'max'] as const;
const reduction = { kind: 'enum', values: reductions, default: 'none' } as const;

const combine: Record<(typeof reductions)[number], (old: number, update: number) => number> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  min: (old, update) => (update < old ? update : old),
  max: (old, update) => (update > old ? update : old),
};

/** Writes runs of `length` updates over `y` at `offsets`, in their order. */
function write(
  y: Tensor,
  updates: Tensor,
  offsets: Int32Array,
  length: number,
  how: keyof typeof combine,
): void {
  const f = combine[how];
  const yd = y.data as Float32Array;
  const ud = updates.data as Float32Array;
  offsets.forEach((to, i) => {
    for (let k = 0; k < length; k++) yd[to + k] = f(yd[to + k], ud[i * length + k]);
  });
}

function checkUpdates(x: TensorType, updates: TensorType, shape: readonly number[]): void {
  if (updates.dtype === x.dtype && sameShape(updates.shape, shape)) return;
  throw new EdgecError('E_OP_SHAPE', 'the updates do not fit the indices', {
    expected: `${x.dtype} [${shape}]`,
    found: `${updates.dtype} [${updates.shape}]`,
    where: 'updates',
  });
}

export const scatterElements = defineOp({
  name: 'ScatterElements',
  summary: 'x with single elements along an axis replaced by, or combined with, updates at indices.',
  source: 'ONNX ScatterElements-18',
  inputs,
  outputs: [{ name: 'y', dtypes }],
  attrs: { axis: { kind: 'int', default: 0 }, reduction },
  infer([x, indices, updates], { axis }) {
    const input = withAxis(x, axis);
    const places = operand(indices, 'indices');
    checkElementIndices(input, places, axis);
    checkUpdates(input, operand(updates, 'updates'), places.shape);
    return [{ dtype: input.dtype, shape: input.shape }];
  },
  evaluate([x, indices, updates], { axis, reduction: how }, [y]) {
    (y.data as Float32Array).set((x as Tensor).data as Float32Array);
    const offsets = elementOffsets(indices as Tensor, y.shape, axis);
    write(y, updates as Tensor, offsets, 1, how as keyof typeof combine);
  },
  accuracy: { kind: 'exact' },
  samples: (random) =>
    reductions.map((how) => ({
      inputs: [
        randomFloat(random, [3, 4]),
        tensor('int32', [2, 3], [3, -1, 0, 1, 1, 2]),
        randomFloat(random, [2, 3]),
      ],
      attrs: { axis: 1, reduction: how },
    })),
});

export const scatterNd = defineOp({
  name: 'ScatterND',
  summary: 'x with slices replaced by, or combined with, updates at tuples of indices.',
  source: 'ONNX ScatterND-18',
  inputs,
  outputs: [{ name: 'y', dtypes }],
  attrs: { reduction },
  infer([x, indices, updates]) {
    const input = operand(x, 'x');
    const places = operand(indices, 'indices');
    const slice = sliceShape(input, places, 0);
    checkUpdates(input, operand(updates, 'updates'), [...places.shape.slice(0, -1), ...slice]);
    return [{ dtype: input.dtype, shape: input.shape }];
  },
  evaluate([x, indices, updates], { reduction: how }, [y]) {
    (y.data as Float32Array).set((x as Tensor).data as Float32Array);
    const places = indices as Tensor;
    const length = elementCount(y.shape.slice(places.shape.at(-1) as number));
    write(y, updates as Tensor, sliceOffsets(places, y.shape, 0), length, how as keyof typeof combine);
  },
  accuracy: { kind: 'exact' },
  samples: (random) =>
    reductions.map((how) => ({
      inputs: [
        randomFloat(random, [4, 2, 3]),
        tensor('int32', [3, 1], [0, -1, 0]),
        randomFloat(random, [3, 2, 3]),
      ],
      attrs: { reduction: how },
    })),
});
