import { defineOp, type Lowering, type Ref } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type QuantParams, type Tensor, type TensorType } from '../tensor.ts';
import { attributeError, movable, reshaped } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { checkAxis } from './softmax.ts';
import { operand } from './spatial.ts';

export const concat = defineOp({
  name: 'Concat',
  summary: 'Joins values along an axis.',
  source: 'ONNX Concat-13',
  inputs: [{ name: 'xs', dtypes: movable, variadic: true }],
  outputs: [{ name: 'y', dtypes: movable }],
  attrs: { axis: { kind: 'int' } },
  infer(xs, { axis }) {
    const first = checkAxis(xs[0], axis);
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
    return [
      reshaped(
        first,
        first.shape.map((d, i) => (i === axis ? length : d)),
      ),
    ];
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
      const quant = node.outputs[0].quant as QuantParams;
      const inputs = node.inputs.map((ref, i) =>
        node.rescale(ref as Ref, node.types[i] as TensorType, quant),
      );
      return [node.emit('Concat', inputs, node.attrs, quant)];
    },
  },
  permute: (a, perm) => ({ axis: perm.indexOf(a.axis) }),
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [1, 3, 4]), randomInt8(random, [1, 3, 5])], attrs: { axis: 2 } },
    {
      inputs: [randomFloat(random, [2, 1]), randomFloat(random, [3, 1]), randomFloat(random, [1, 1])],
      attrs: { axis: 0 },
    },
  ],
});

export const split = defineOp({
  name: 'Split',
  summary: 'Cuts a value into parts along an axis.',
  source: 'ONNX Split-18, sizes resolved',
  inputs: [{ name: 'x', dtypes: movable }],
  outputs: [{ name: 'ys', dtypes: movable, variadic: true }],
  attrs: { axis: { kind: 'int' }, sizes: { kind: 'ints' } },
  infer([x], { axis, sizes }) {
    const input = checkAxis(x, axis);
    if (sizes.some((s) => s < 0) || sizes.reduce((n, s) => n + s, 0) !== input.shape[axis]) {
      throw attributeError('the sizes do not add up', `${input.shape[axis]}`, `${sizes}`);
    }
    return sizes.map((size) =>
      reshaped(
        input,
        input.shape.map((d, i) => (i === axis ? size : d)),
      ),
    );
  },
  evaluate([x], { axis }, ys) {
    const { data, shape } = x as Tensor;
    const xd = data as Float32Array;
    const outer = elementCount(shape.slice(0, axis));
    const row = elementCount(shape.slice(axis));
    let at = 0;
    for (const y of ys) {
      const inner = elementCount(y.shape.slice(axis));
      for (let o = 0; o < outer; o++)
        (y.data as Float32Array).set(xd.subarray(o * row + at, o * row + at + inner), o * inner);
      at += inner;
    }
  },
  quantize: { kind: 'same-scale' },
  permute: (a, perm) => ({ axis: perm.indexOf(a.axis), sizes: a.sizes }),
  accuracy: { kind: 'exact' },
  samples: (random) => [{ inputs: [randomInt8(random, [2, 5, 3])], attrs: { axis: 1, sizes: [2, 3] } }],
});

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
    const input = checkAxis(x, axis);
    return [
      reshaped(input, [
        ...input.shape.slice(0, axis),
        ...operand(indices, 'indices').shape,
        ...input.shape.slice(axis + 1),
      ]),
    ];
  },
  evaluate([x, indices], { axis }, [y]) {
    const { data, shape } = x as Tensor;
    const id = (indices as Tensor).data as Int32Array;
    const inner = elementCount(shape.slice(axis + 1));
    const outer = elementCount(shape.slice(0, axis));
    const length = shape[axis];
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (const index of id) {
        const i = index < 0 ? index + length : index;
        if (i < 0 || i >= length)
          throw new EdgecError('E_RUN_INPUT', 'an index is out of range', {
            expected: `below ${length}`,
            found: `${index}`,
          });
        const first = (o * length + i) * inner;
        (y.data as Float32Array).set((data as Float32Array).subarray(first, first + inner), at);
        at += inner;
      }
    }
  },
  quantize: { kind: 'same-scale' },
  accuracy: { kind: 'exact' },
  samples: () => [],
});
