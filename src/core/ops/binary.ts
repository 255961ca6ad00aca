import { defineOp, type Lowering, type Ref } from '../define-op.ts';
import { broadcastShape, type DType, type Tensor, type TensorType } from '../tensor.ts';
import { broadcastSamples } from './add.ts';
import { applyBinary, broadcastIndex } from './elementwise.ts';
import { quantOf } from './requantize.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const numeric: readonly DType[] = ['float32', 'int8', 'int32'];

interface BinaryOptions {
  result?: 'bool';
  /** Byte-moving ops keep one scale. */
  sameScale?: boolean;
  source?: string;
}

function defineBinary(
  name: string,
  summary: string,
  f: (a: number, b: number) => number,
  options: BinaryOptions = {},
) {
  const dtypes: readonly DType[] = options.result ? [...numeric, 'bool'] : numeric;
  return defineOp({
    name,
    summary,
    source: options.source ?? `ONNX ${name}-13`,
    inputs: [
      { name: 'a', dtypes },
      { name: 'b', dtypes },
    ],
    outputs: [{ name: 'y', dtypes: options.result ? ['bool'] : numeric }],
    attrs: {},
    infer: ([a, b]): TensorType[] => [
      {
        dtype: options.result ?? operand(a, 'a').dtype,
        shape: broadcastShape(operand(a, 'a').shape, operand(b, 'b').shape),
      },
    ],
    evaluate([a, b], _, [y]) {
      applyBinary(a as Tensor, b as Tensor, y, f);
    },
    ...(options.sameScale && {
      quantize: { kind: 'same-scale' as const, lower: (node) => lowerSameScale(node, name) },
    }),
    permute: (a) => a,
    accuracy: { kind: 'relative', tolerance: 1e-5 },
    samples: (random) =>
      broadcastSamples.map(([a, b]) => ({
        inputs: [randomFloat(random, a), randomFloat(random, b)],
        attrs: {},
      })),
  });
}

function lowerSameScale(node: Lowering<unknown>, name: string): Ref[] {
  const quant = quantOf(node.outputs[0], 'output');
  const inputs = [0, 1].map((i) => node.rescale(node.inputs[i] as Ref, node.types[i] as TensorType, quant));
  return [node.emit(name, inputs, {}, quant)];
}

const divide = (a: number, b: number): number => a / b;

export const div = defineBinary('Div', 'y = a / b with broadcasting; integers truncate.', divide);
export const pow = defineBinary('Pow', 'y = aᵇ with broadcasting.', (a, b) => a ** b);
export const min = defineBinary('Min', 'The lesser of two values.', (a, b) => (a < b ? a : b), {
  sameScale: true,
});
export const max = defineBinary('Max', 'The greater of two values.', (a, b) => (a > b ? a : b), {
  sameScale: true,
});
export const equal = defineBinary('Equal', 'a = b.', (a, b) => Number(a === b), { result: 'bool' });
export const greater = defineBinary('Greater', 'a > b.', (a, b) => Number(a > b), { result: 'bool' });
export const less = defineBinary('Less', 'a < b.', (a, b) => Number(a < b), { result: 'bool' });
export const and = defineBinary('And', 'Both are true.', (a, b) => Number(a !== 0 && b !== 0), {
  result: 'bool',
});
export const or = defineBinary('Or', 'One is true.', (a, b) => Number(a !== 0 || b !== 0), {
  result: 'bool',
});

export const not = defineOp({
  name: 'Not',
  summary: 'The opposite truth value.',
  source: 'ONNX Not-1',
  inputs: [{ name: 'x', dtypes: ['bool'] }],
  outputs: [{ name: 'y', dtypes: ['bool'] }],
  attrs: {},
  infer: ([x]) => [{ dtype: 'bool', shape: operand(x, 'x').shape }],
  evaluate([x], _, [y]) {
    const xd = x?.data as Uint8Array;
    for (let i = 0; i < xd.length; i++) y.data[i] = xd[i] === 0 ? 1 : 0;
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: () => [],
});

export const where = defineOp({
  name: 'Where',
  summary: 'a where the condition holds, b elsewhere, with broadcasting.',
  source: 'ONNX Where-16',
  inputs: [
    { name: 'condition', dtypes: ['bool'] },
    { name: 'a', dtypes: numeric },
    { name: 'b', dtypes: numeric },
  ],
  outputs: [{ name: 'y', dtypes: numeric }],
  attrs: {},
  infer([c, a, b]) {
    const shape = broadcastShape(
      broadcastShape(operand(c, 'condition').shape, operand(a, 'a').shape),
      operand(b, 'b').shape,
    );
    return [{ dtype: operand(a, 'a').dtype, shape }];
  },
  evaluate([c, a, b], _, [y]) {
    const [ci, ai, bi] = [c, a, b].map((t) => broadcastIndex((t as Tensor).shape, y.shape));
    const [cd, ad, bd] = [c, a, b].map((t) => (t as Tensor).data as Float32Array);
    for (let i = 0; i < y.data.length; i++) y.data[i] = cd[ci[i]] ? ad[ai[i]] : bd[bi[i]];
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: () => [],
});
