import { defineOp } from '../define-op.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import { checkElementIndices, elementOffsets, sliceOffsets, sliceShape } from './indexing.ts';
import { movable, reshaped, withAxis } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const inputs = [
  { name: 'x', dtypes: movable },
  { name: 'indices', dtypes: ['int32'] },
] as const;

export const gatherElements = defineOp({
  name: 'GatherElements',
  summary: 'Picks single elements along an axis by index; negative indices count from the end.',
  source: 'ONNX GatherElements-13',
  inputs,
  outputs: [{ name: 'y', dtypes: movable }],
  attrs: { axis: { kind: 'int', default: 0 } },
  infer([x, indices], { axis }) {
    const input = withAxis(x, axis);
    const picked = operand(indices, 'indices');
    checkElementIndices(input, picked, axis);
    return [reshaped(input, picked.shape)];
  },
  evaluate([x, indices], { axis }, [y]) {
    const { data, shape } = x as Tensor;
    elementOffsets(indices as Tensor, shape, axis).forEach((from, i) => {
      y.data[i] = data[from];
    });
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [3, 3]), tensor('int32', [2, 3], [1, 2, 0, -1, 0, -3])], attrs: {} },
    {
      inputs: [randomInt8(random, [2, 3, 4]), tensor('int32', [2, 2, 2], [3, 2, 0, 1, -1, -4, 0, 0])],
      attrs: { axis: 2 },
    },
    { inputs: [randomInt8(random, [5]), tensor('int32', [7], [0, 1, 4, 3, 2, 2, -5])], attrs: {} },
  ],
});

export const gatherNd = defineOp({
  name: 'GatherND',
  summary: 'Picks slices by tuples of indices; the first `batchDims` axes are common to both operands.',
  source: 'ONNX GatherND-13',
  inputs,
  outputs: [{ name: 'y', dtypes: movable }],
  attrs: { batchDims: { kind: 'int', default: 0 } },
  infer([x, indices], { batchDims }) {
    const input = operand(x, 'x');
    const picked = operand(indices, 'indices');
    const slice = sliceShape(input, picked, batchDims);
    return [reshaped(input, [...picked.shape.slice(0, -1), ...slice])];
  },
  evaluate([x, indices], { batchDims }, [y]) {
    const { data, shape } = x as Tensor;
    const xd = data as Float32Array;
    const yd = y.data as Float32Array;
    const width = (indices as Tensor).shape.at(-1) as number;
    const length = elementCount(shape.slice(batchDims + width));
    sliceOffsets(indices as Tensor, shape, batchDims).forEach((from, i) => {
      yd.set(xd.subarray(from, from + length), i * length);
    });
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [2, 2]), tensor('int32', [2, 2], [0, 0, -1, 1])], attrs: {} },
    { inputs: [randomInt8(random, [2, 3, 4]), tensor('int32', [2, 1], [2, 0])], attrs: { batchDims: 1 } },
    { inputs: [randomFloat(random, [3, 2, 2]), tensor('int32', [2, 1, 1], [1, -3])], attrs: {} },
  ],
});
