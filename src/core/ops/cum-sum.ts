import { defineOp } from '../define-op.ts';
import { type DType, type Tensor, tensor } from '../tensor.ts';
import { withAxis } from './movement.ts';
import { randomFloat } from './sample-tensors.ts';
import { alongAxis } from './softmax.ts';

const dtypes: readonly DType[] = ['float32', 'int32'];

export const cumSum = defineOp({
  name: 'CumSum',
  summary: 'Sums of all elements up to each along an axis; `exclusive` leaves out the element itself.',
  source: 'ONNX CumSum-14',
  inputs: [{ name: 'x', dtypes }],
  outputs: [{ name: 'y', dtypes }],
  attrs: {
    axis: { kind: 'int' },
    exclusive: { kind: 'bool', default: false },
    reverse: { kind: 'bool', default: false },
  },
  infer: ([x], { axis }) => [{ dtype: withAxis(x, axis).dtype, shape: withAxis(x, axis).shape }],
  evaluate([x], { axis, exclusive, reverse }, [y]) {
    const xd = (x as Tensor).data as Float32Array;
    alongAxis(y.shape, axis, (first, step, length) => {
      let sum = 0;
      for (let k = 0; k < length; k++) {
        const i = first + (reverse ? length - 1 - k : k) * step;
        y.data[i] = exclusive ? sum : sum + xd[i];
        sum += xd[i];
      }
    });
  },
  permute: (a, perm) => ({ ...a, axis: perm.indexOf(a.axis) }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    [false, true].flatMap((exclusive) =>
      [false, true].flatMap((reverse) => [
        { inputs: [randomFloat(random, [2, 5, 3])], attrs: { axis: 1, exclusive, reverse } },
        { inputs: [tensor('int32', [4], [3, -1, 2, 9])], attrs: { axis: 0, exclusive, reverse } },
      ]),
    ),
});
