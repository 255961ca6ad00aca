import { defineOp } from '../define-op.ts';
import { type Tensor, tensor } from '../tensor.ts';
import { attributeError, reshaped, withAxis, withLength } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { alongAxis } from './softmax.ts';

function defineArg(name: 'ArgMax' | 'ArgMin', sign: 1 | -1) {
  return defineOp({
    name,
    summary: `Index of the ${sign > 0 ? 'greatest' : 'least'} value along an axis.`,
    source: `ONNX ${name}-13`,
    inputs: [{ name: 'x', dtypes: ['float32', 'int8', 'int32'] }],
    outputs: [{ name: 'y', dtypes: ['int32'] }],
    attrs: {
      axis: { kind: 'int' },
      keepDims: { kind: 'bool', default: true },
      selectLast: { kind: 'bool', default: false },
    },
    infer([x], { axis, keepDims }) {
      const { shape } = withAxis(x, axis);
      if (shape[axis] === 0) throw attributeError('the axis is empty', '1 or more', `[${shape}]`);
      const reduced = withLength(shape, axis, 1);
      return [reshaped({ dtype: 'int32', shape }, keepDims ? reduced : shape.filter((_, i) => i !== axis))];
    },
    evaluate([x], { axis, selectLast }, [y]) {
      const { data, shape } = x as Tensor;
      const xd = data as Float32Array;
      let at = 0;
      alongAxis(shape, axis, (first, step, length) => {
        let best = 0;
        for (let k = 1; k < length; k++) {
          const [v, leader] = [xd[first + k * step], xd[first + best * step]];
          const ahead = sign > 0 ? v > leader : v < leader;
          if (ahead || (selectLast && v === leader)) best = k;
        }
        y.data[at++] = best;
      });
    },
    quantize: { kind: 'same-scale' },
    permute: (a, perm) => (a.keepDims ? { ...a, axis: perm.indexOf(a.axis) } : a),
    accuracy: { kind: 'exact' },
    samples: (random) => [
      { inputs: [randomFloat(random, [2, 5, 3])], attrs: { axis: 1 } },
      { inputs: [randomFloat(random, [2, 1, 3, 4, 5])], attrs: { axis: 4 } },
      { inputs: [randomFloat(random, [1])], attrs: { axis: 0, keepDims: false } },
      { inputs: [tensor('int8', [2, 3], [5, 5, 5, -1, -2, -1])], attrs: { axis: 1, selectLast: true } },
      { inputs: [randomInt8(random, [4, 9])], attrs: { axis: 1, keepDims: false, selectLast: true } },
    ],
  });
}

export const argMax = defineArg('ArgMax', 1);
export const argMin = defineArg('ArgMin', -1);
