import { defineOp, type Lowering, type Ref } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type Tensor, type TensorType } from '../tensor.ts';
import { movable, reshaped, withAxis, withLength } from './movement.ts';
import { quantOf } from './requantize.ts';
import { randomFloat, randomInt8, randomInt16 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

export const concat = defineOp({
  name: 'Concat',
  summary: 'Joins values along an axis.',
  source: 'ONNX Concat-13',
  inputs: [{ name: 'xs', dtypes: movable, variadic: true }],
  outputs: [{ name: 'y', dtypes: movable }],
  attrs: { axis: { kind: 'int' } },
  infer(xs, { axis }) {
    const first = withAxis(xs[0], axis);
    let length = 0;
    for (const [k, x] of xs.entries()) {
      const { dtype, shape } = operand(x, `xs[${k}]`, first.shape.length);
      if (dtype !== first.dtype || shape.some((d, i) => i !== axis && d !== first.shape[i])) {
        throw new EdgecError('E_OP_SHAPE', 'values do not join', {
          expected: `${first.dtype} [${first.shape}]`,
          found: `${dtype} [${shape}]`,
          where: `xs[${k}]`,
        });
      }
      length += shape[axis];
    }
    return [reshaped(first, withLength(first.shape, axis, length))];
  },
  evaluate(xs, { axis }, [y]) {
    const yd = y.data as Float32Array;
    const outer = elementCount(y.shape.slice(0, axis));
    const row = elementCount(y.shape.slice(axis));
    let at = 0;
    for (const x of xs as Tensor[]) {
      const xd = x.data as Float32Array;
      const inner = elementCount(x.shape.slice(axis));
      for (let o = 0; o < outer; o++) yd.set(xd.subarray(o * inner, (o + 1) * inner), o * row + at);
      at += inner;
    }
  },
  quantize: {
    kind: 'same-scale',
    lower(node: Lowering<{ axis: number }>): Ref[] {
      const quant = quantOf(node.outputs[0], 'output');
      const inputs = node.inputs.map((ref, i) =>
        node.rescale(ref as Ref, node.types[i] as TensorType, quant),
      );
      return [node.emit('Concat', inputs, node.attrs, quant)];
    },
  },
  permute: (a, perm) => ({ axis: perm.indexOf(a.axis) }),
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [1, 3, 4]), randomInt8(random, [1, 3, 5])], attrs: { axis: 2 } },
    {
      inputs: [randomFloat(random, [2, 1]), randomFloat(random, [3, 1]), randomFloat(random, [1, 1])],
      attrs: { axis: 0 },
    },
    { inputs: [randomFloat(random, [7])], attrs: { axis: 0 } },
    { inputs: [randomInt16(random, [2, 3]), randomInt16(random, [2, 1])], attrs: { axis: 1 } },
    {
      inputs: [randomInt8(random, [2, 1, 3, 4, 5]), randomInt8(random, [2, 2, 3, 4, 5])],
      attrs: { axis: 1 },
    },
  ],
});
