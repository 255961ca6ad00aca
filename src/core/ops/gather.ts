import { defineOp } from '../define-op.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import { position } from './indexing.ts';
import { movable, reshaped, withAxis } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

export const gather = defineOp({
  name: 'Gather',
  summary: 'Picks entries along an axis by index; negative indices count from the end.',
  source: 'ONNX Gather-13',
  inputs: [
    { name: 'x', dtypes: movable },
    { name: 'indices', dtypes: ['int32'] },
  ],
  outputs: [{ name: 'y', dtypes: movable }],
  attrs: { axis: { kind: 'int', default: 0 } },
  infer([x, indices], { axis }) {
    const input = withAxis(x, axis);
    const picked = operand(indices, 'indices').shape;
    return [reshaped(input, [...input.shape.slice(0, axis), ...picked, ...input.shape.slice(axis + 1)])];
  },
  evaluate([x, indices], { axis }, [y]) {
    const { data, shape } = x as Tensor;
    const xd = data as Float32Array;
    const yd = y.data as Float32Array;
    const inner = elementCount(shape.slice(axis + 1));
    const outer = elementCount(shape.slice(0, axis));
    const rows = Int32Array.from((indices as Tensor).data as Int32Array, (i) => position(i, shape[axis]));
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (const row of rows) {
        const first = (o * shape[axis] + row) * inner;
        yd.set(xd.subarray(first, first + inner), at);
        at += inner;
      }
    }
  },
  quantize: { kind: 'same-scale' },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [5, 3]), tensor('int32', [2, 2], [0, 4, -1, -5])], attrs: {} },
    { inputs: [randomInt8(random, [2, 4, 3]), tensor('int32', [3], [3, 3, 0])], attrs: { axis: 1 } },
    { inputs: [randomInt8(random, [2, 1, 3, 4, 5]), tensor('int32', [], [-2])], attrs: { axis: 4 } },
    { inputs: [randomFloat(random, [7]), tensor('int32', [1], [6])], attrs: {} },
  ],
});
