import {
  defineOp,
  f32,
  type Lowering,
  type Matrix,
  type OperandTypes,
  type OpSample,
  type Ref,
} from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { completeAttrs } from '../op-attrs.ts';
import type { Random } from '../random.ts';
import { elementCount, sameShape, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { accumulateConstants, requantize } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import {
  accumulateAttrs,
  checkChannels,
  checkWeights,
  clampAttrs,
  clampReal,
  operand,
  type Window,
  windowAttrs,
  windowOutput,
} from './spatial.ts';

const attrs = { ...windowAttrs, group: { kind: 'int', default: 1 } } as const;

/** Shape of a convolution. Throws E_OP_SHAPE. */
export function inferShape(x: TensorType, w: TensorType, window: Window & { group: number }): number[] {
  const { group } = window;
  const [outputs, kh, kw, depth] = w.shape;
  if (group < 1 || depth * group !== x.shape[3] || outputs % group !== 0) {
    throw new EdgecError('E_OP_SHAPE', 'weights do not fit the channels of the input', {
      expected: `[O, KH, KW, ${x.shape[3] / group}] with O a multiple of ${group}`,
      found: `[${w.shape}]`,
      where: 'weight',
    });
  }
  checkWeights(w);
  return [x.shape[0], ...windowOutput(x.shape, [kh, kw], window), outputs];
}

function checkAddend(addend: TensorType | undefined, shape: readonly number[]): void {
  if (!addend || sameShape(addend.shape, shape)) return;
  throw new EdgecError('E_OP_SHAPE', 'what is added to a convolution does not fit its result', {
    expected: `[${shape}]`,
    found: `[${addend.shape}]`,
    where: 'addend',
  });
}

/** Rows of a window are adjacent elements, unless groups or dilation part their pixels. */
function matrixOf(
  [, w]: OperandTypes,
  { group, dilations }: Window & { group: number },
  zeroPoint = 0,
): Matrix {
  const [, kh, kw] = operand(w, 'weight', 4).shape;
  const wholeRows = group === 1 && (dilations[1] === 1 || kw === 1);
  return { groups: group, runs: wholeRows ? kh : kh * kw, zeroPoint };
}

type Store = (index: number, channel: number, acc: number) => void;

/** Sums (x − zx)·(w − zw) of every output and hands them to `store`, innermost loops over flat arrays. */
export function accumulate(
  x: Tensor,
  w: Tensor,
  y: Tensor,
  window: Window & { group: number },
  zx: number,
  zw: number,
  store: Store,
): void {
  const xd = x.data as Float32Array;
  const wd = w.data as Float32Array;
  const [n, h, wide, c] = x.shape;
  const [outputs, kh, kw, depth] = w.shape;
  const [, oh, ow] = y.shape;
  const [sy, sx] = window.strides;
  const [dy, dx] = window.dilations;
  const [top, left] = window.pads;
  const perGroup = outputs / window.group;
  let index = 0;
  for (let b = 0; b < n; b++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        for (let o = 0; o < outputs; o++) {
          const first = Math.floor(o / perGroup) * depth;
          let acc = 0;
          for (let ky = 0; ky < kh; ky++) {
            const iy = oy * sy + ky * dy - top;
            if (iy < 0 || iy >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const ix = ox * sx + kx * dx - left;
              if (ix < 0 || ix >= wide) continue;
              let xi = ((b * h + iy) * wide + ix) * c + first;
              let wi = ((o * kh + ky) * kw + kx) * depth;
              for (const end = xi + depth; xi < end; xi++, wi++) acc += (xd[xi] - zx) * (wd[wi] - zw);
            }
          }
          store(index++, o, acc);
        }
      }
    }
  }
}

const macs = (w: TensorType, y: TensorType): number => elementCount(y.shape) * elementCount(w.shape.slice(1));

export const conv2d = defineOp({
  name: 'Conv2d',
  summary:
    'Convolution over height and width of a channels-last value, with a fused sum with a value like its result and a fused clamp.',
  source: 'ONNX Conv-11, in NHWC with OHWI weights',
  inputs: [
    { name: 'x', dtypes: ['float32', 'int8'] },
    { name: 'weight', dtypes: ['float32', 'int8'], constant: true },
    { name: 'bias', dtypes: ['float32', 'int32'], optional: true, constant: true },
    { name: 'addend', dtypes: ['float32'], optional: true },
  ],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: { ...attrs, ...clampAttrs },
  infer([x, w, b, addend], a) {
    const weight = operand(w, 'weight', 4);
    checkChannels(b, 'bias', weight.shape[0]);
    const input = operand(x, 'x', 4);
    const shape = inferShape(input, weight, a);
    checkAddend(addend, shape);
    return [{ dtype: input.dtype, shape }];
  },
  evaluate([x, w, b, addend], a, [y]) {
    const yd = y.data as Float32Array;
    const bias = b?.data as Float32Array | undefined;
    const added = addend?.data as Float32Array | undefined;
    accumulate(x as Tensor, w as Tensor, y, a, 0, 0, (i, o, acc) => {
      const sum = acc + (bias ? bias[o] : 0) + (added ? added[i] : 0);
      yd[i] = clampReal(sum, a.clampMin, a.clampMax);
    });
  },
  quantize: {
    kind: 'accumulate',
    weightAxis: 0,
    lower(node: Lowering<{ clampMin: number; clampMax: number }>): Ref[] {
      const { clampMin, clampMax, ...window } = node.attrs;
      const weight = node.constant(1) as Tensor;
      const channels = weight.shape[0];
      const inner = elementCount(weight.shape.slice(1));
      const { bias, multiplier, params } = accumulateConstants(
        node.types,
        node.outputs[0],
        weight,
        node.constant(2),
        channels,
        { clampMin, clampMax },
        (i) => Math.floor(i / inner),
      );
      const inputs = [node.inputs[0], node.inputs[1], node.addConstant(bias), node.addConstant(multiplier)];
      return [node.emit('QConv2d', inputs, { ...window, ...params }, node.outputs[0].quant)];
    },
  },
  cost: ([, w], [y]) => ({ macs: macs(operand(w, 'weight'), y) }),
  matrix: (types, a) => matrixOf(types, a),
  accuracy: { kind: 'peak', tolerance: 1e-5 },
  samples: (random) =>
    convSamples(random).map(({ x, w, a }, i) => ({
      inputs: [
        randomFloat(random, x),
        randomFloat(random, w),
        randomFloat(random, [w[0]]),
        i % 2 === 0 ? randomFloat(random, outputShape(x, w, a)) : undefined,
      ],
      attrs: { ...a, clampMin: 0 },
    })),
});

export const qConv2d = defineOp({
  name: 'QConv2d',
  summary:
    'Convolution of int8 values with int8 weights, accumulated in int32 and requantised for each channel.',
  source: 'docs/numerics.md, sections 2 and 3',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'weight', dtypes: ['int8'], constant: true },
    { name: 'bias', dtypes: ['int32'], constant: true },
    { name: 'multiplier', dtypes: ['float32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: { ...attrs, ...accumulateAttrs },
  infer([x, w, b, m], a) {
    const weight = operand(w, 'weight', 4);
    checkChannels(operand(b, 'bias'), 'bias', weight.shape[0]);
    checkChannels(operand(m, 'multiplier'), 'multiplier', weight.shape[0]);
    return [{ dtype: 'int8', shape: inferShape(operand(x, 'x', 4), weight, a) }];
  },
  evaluate([x, w, b, m], a, [y]) {
    const yd = y.data as Int8Array;
    const bias = b?.data as Int32Array;
    const multiplier = m?.data as Float32Array;
    accumulate(x as Tensor, w as Tensor, y, a, a.inputZeroPoint, a.weightZeroPoint, (i, o, acc) => {
      yd[i] = requantize(acc + bias[o], multiplier[o], a.outputZeroPoint, a.outputMin, a.outputMax);
    });
  },
  cost: ([, w], [y]) => ({ macs: macs(operand(w, 'weight'), y) }),
  storage: 'any',
  matrix: (types, a) => matrixOf(types, a, a.weightZeroPoint),
  accuracy: { kind: 'exact' },
  samples: (random) =>
    convSamples(random)
      .map(
        ({ x, w, a }): OpSample => ({
          inputs: [
            randomInt8(random, x),
            randomInt8(random, w),
            tensor(
              'int32',
              [w[0]],
              Int32Array.from({ length: w[0] }, () => random.int(-9999, 9999)),
            ),
            tensor(
              'float32',
              [w[0]],
              Float32Array.from({ length: w[0] }, () => f32(random.uniform(1e-4, 2e-2))),
            ),
          ],
          attrs: {
            ...a,
            inputZeroPoint: random.int(-128, 127),
            weightZeroPoint: random.pick([0, 0, 3, -128]),
            outputZeroPoint: random.int(-128, 127),
            outputMin: random.pick([-128, -128, -20]),
            outputMax: random.pick([127, 127, 31]),
          },
        }),
      )
      .concat(extremes),
});

/** The largest products; multipliers near 256 and −256, of ½ with its ties, and far below an output step. */
const extremes: OpSample[] = [
  [-128, 127, -128],
  [127, -128, 127],
  [-128, 0, 0],
  [127, -128, 0, -1],
].map(([value, inputZeroPoint, outputZeroPoint, sign = 1]) => ({
  inputs: [
    tensor('int8', [1, 3, 3, 66], new Int8Array(594).fill(value)),
    tensor('int8', [4, 3, 3, 66], new Int8Array(2376).fill(-128)),
    tensor('int32', [4], [-9732095, 2 ** 24 + 1, 0, 9732096]),
    tensor('float32', [4], [sign * 255.99, 0.5, 2 ** -40, sign * 1.5]),
  ],
  attrs: { pads: [1, 1, 1, 1], inputZeroPoint, outputZeroPoint },
}));

/** Shape of the result of a sample. */
const outputShape = (x: number[], w: number[], a: Record<string, number | number[]>): number[] =>
  inferShape(
    { dtype: 'float32', shape: x },
    { dtype: 'float32', shape: w },
    completeAttrs('Conv2d', attrs, a),
  );

/** Shapes and windows with the edges that kernels get wrong. */
function convSamples(random: Random): { x: number[]; w: number[]; a: Record<string, number | number[]> }[] {
  const channels = random.int(1, 9);
  return [
    { x: [1, 5, 6, channels], w: [7, 1, 1, channels], a: {} },
    { x: [2, 6, 5, 3], w: [4, 3, 3, 3], a: { pads: [1, 1, 1, 1] } },
    { x: [1, 7, 7, 4], w: [6, 3, 3, 2], a: { group: 2, strides: [2, 2], pads: [0, 0, 1, 1] } },
    { x: [1, 9, 8, 2], w: [5, 3, 2, 2], a: { dilations: [2, 3], pads: [2, 0, 1, 3] } },
    { x: [1, 12, 10, 1], w: [16, 10, 4, 1], a: { strides: [2, 2], pads: [4, 1, 5, 1] } },
    { x: [1, 4, 4, 17], w: [33, 3, 3, 17], a: { pads: [1, 1, 1, 1] } },
    { x: [2, 9, 7, 20], w: [18, 3, 3, 20], a: { pads: [1, 2, 0, 1] } },
  ];
}
