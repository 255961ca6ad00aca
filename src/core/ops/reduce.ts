import { defineOp, f32, type Lowering, type OperandTypes, type Ref } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, stridesOf, type Tensor, type TensorType } from '../tensor.ts';
import { integerBounds, multiplierOf, quantOf, requantize } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const attrs = { axes: { kind: 'ints' }, keepDims: { kind: 'bool', default: true } } as const;

interface Reduction {
  axes: readonly number[];
  keepDims: boolean;
}

function inferReduce(x: TensorType | undefined, { axes, keepDims }: Reduction): TensorType[] {
  const { dtype, shape } = operand(x, 'x');
  const known = new Set(axes);
  if (known.size !== axes.length || axes.some((a) => a < 0 || a >= shape.length)) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'axes must be distinct axes of the input', {
      expected: `0 to ${shape.length - 1}`,
      found: `${axes}`,
    });
  }
  const reduced = shape.map((d, i) => (known.has(i) ? 1 : d));
  return [{ dtype, shape: keepDims ? reduced : shape.filter((_, i) => !known.has(i)) }];
}

/** Index of the output element that each input element goes to. */
function targets(shape: readonly number[], axes: readonly number[]): Int32Array {
  const reduced = shape.map((d, i) => (axes.includes(i) ? 1 : d));
  const strides = stridesOf(reduced).map((s, i) => (axes.includes(i) ? 0 : s));
  const index = new Int32Array(elementCount(shape));
  const at = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let i = 0; i < index.length; i++) {
    index[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]++;
      offset += strides[axis];
      if (at[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return index;
}

function reduceInto(
  x: Tensor,
  y: Tensor,
  axes: readonly number[],
  start: number,
  f: (a: number, b: number) => number,
): Float64Array {
  const xd = x.data as Float32Array;
  const sums = new Float64Array(y.data.length).fill(start);
  const index = targets(x.shape, axes);
  for (let i = 0; i < index.length; i++) sums[index[i]] = f(sums[index[i]], xd[i]);
  return sums;
}

const permuteReduce = (a: Reduction, perm: readonly number[]): Reduction => ({
  axes: a.axes.map((axis) => perm.indexOf(axis)).sort((p, q) => p - q),
  keepDims: a.keepDims,
});

const countOf = (x: TensorType, y: TensorType): number =>
  elementCount(x.shape) / Math.max(1, elementCount(y.shape));

/** Terms of |q − z| ≤ 255 whose sum stays in int32. */
const largestCount = Math.floor((2 ** 31 - 1) / 255);

/** Mean and sum as section 3 of docs/numerics.md on Σ(q − z). */
function lowerSum(node: Lowering<Reduction>, mean: boolean): Ref[] {
  const x = quantOf(node.types[0], 'x');
  const y = quantOf(node.outputs[0], 'output');
  const n = countOf(node.types[0] as TensorType, node.outputs[0]);
  if (n > largestCount) {
    throw new EdgecError('E_NUMERICS_OVERFLOW', 'the sum of this reduction can leave int32', {
      expected: `at most ${largestCount} terms`,
      found: `${n}`,
      remedy: 'keep this node in float',
    });
  }
  const attrs = {
    ...node.attrs,
    inputZeroPoint: x.zeroPoint[0],
    outputZeroPoint: y.zeroPoint[0],
    multiplier: multiplierOf(x.scale[0], 1, mean ? f32(y.scale[0] * f32(n)) : y.scale[0]),
    ...integerBounds(y, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
  };
  return [node.emit('QReduceMean', node.inputs, attrs, y)];
}

function defineReduce(
  name: string,
  summary: string,
  start: number,
  f: (a: number, b: number) => number,
  kind: 'mean' | 'sum' | 'order' | 'float',
) {
  return defineOp({
    name,
    summary,
    source: `ONNX ${name}-18`,
    inputs: [{ name: 'x', dtypes: ['float32', 'int8', 'int32'] }],
    outputs: [{ name: 'y', dtypes: ['float32', 'int8', 'int32'] }],
    attrs,
    infer: ([x], a) => inferReduce(x, a),
    evaluate([x], a, [y]) {
      const sums = reduceInto(x as Tensor, y, a.axes, start, f);
      const n = kind === 'mean' ? countOf(x as Tensor, y) : 1;
      for (let i = 0; i < sums.length; i++) y.data[i] = sums[i] / n;
    },
    ...(kind === 'order' && { quantize: { kind: 'same-scale' as const } }),
    ...((kind === 'mean' || kind === 'sum') && {
      quantize: {
        kind: 'rescale' as const,
        accumulatorScale: ([scale]: readonly number[], [x]: OperandTypes, y: TensorType) =>
          f32(scale / (kind === 'mean' ? countOf(x as TensorType, y) : 1)),
        lower: (node: Lowering<Reduction>) => lowerSum(node, kind === 'mean'),
      },
    }),
    permute: (a, perm) => (a.keepDims ? permuteReduce(a, perm) : a),
    accuracy: { kind: 'relative', tolerance: 1e-5 },
    samples: (random) => [
      { inputs: [randomFloat(random, [1, 3, 4, 5])], attrs: { axes: [1, 2] } },
      { inputs: [randomFloat(random, [2, 7])], attrs: { axes: [1], keepDims: false } },
      { inputs: [randomFloat(random, [2, 3, 4])], attrs: { axes: [0, 2] } },
      ...(kind === 'order' ? [{ inputs: [randomInt8(random, [2, 5, 33])], attrs: { axes: [1] } }] : []),
    ],
  });
}

export const reduceMean = defineReduce('ReduceMean', 'Mean over axes.', 0, (a, b) => a + b, 'mean');
export const reduceSum = defineReduce('ReduceSum', 'Sum over axes.', 0, (a, b) => a + b, 'sum');
export const reduceMax = defineReduce(
  'ReduceMax',
  'Greatest value over axes.',
  Number.NEGATIVE_INFINITY,
  Math.max,
  'order',
);
export const reduceMin = defineReduce(
  'ReduceMin',
  'Least value over axes.',
  Number.POSITIVE_INFINITY,
  Math.min,
  'order',
);
export const reduceProd = defineReduce('ReduceProd', 'Product over axes.', 1, (a, b) => a * b, 'float');

/** Of 8 bits and a zero point, in a sum of 32 bits. */
const mostTerms = 2 ** 23;

export const qReduceMean = defineOp({
  name: 'QReduceMean',
  summary: 'Σ(q − z) over axes, requantised: mean or sum of int8 values by its multiplier.',
  source: 'docs/numerics.md, section 5',
  inputs: [{ name: 'x', dtypes: ['int8'] }],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {
    ...attrs,
    inputZeroPoint: { kind: 'int' },
    outputZeroPoint: { kind: 'int' },
    multiplier: { kind: 'float' },
    outputMin: { kind: 'int', default: -128 },
    outputMax: { kind: 'int', default: 127 },
  },
  infer([x], a) {
    const [y] = inferReduce(x, a);
    const terms = elementCount(operand(x, 'x').shape) / elementCount(y.shape);
    if (terms < mostTerms) return [y];
    throw new EdgecError('E_NUMERICS_OVERFLOW', 'a sum of so many integers may overflow', {
      expected: `below ${mostTerms}`,
      found: `${terms}`,
    });
  },
  evaluate([x], a, [y]) {
    const sums = reduceInto(x as Tensor, y, a.axes, 0, (p, q) => p + q - a.inputZeroPoint);
    const yd = y.data as Int8Array;
    for (let i = 0; i < yd.length; i++)
      yd[i] = requantize(sums[i], a.multiplier, a.outputZeroPoint, a.outputMin, a.outputMax);
  },
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [randomInt8(random, [1, 5, 5, 33])],
      attrs: { axes: [1, 2], inputZeroPoint: -128, outputZeroPoint: 4, multiplier: f32(0.05) },
    },
    {
      inputs: [randomInt8(random, [2, 9])],
      attrs: { axes: [1], keepDims: false, inputZeroPoint: 9, outputZeroPoint: -4, multiplier: f32(0.2) },
    },
  ],
});
