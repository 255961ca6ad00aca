import { defineOp, f32 } from '../define-op.ts';
import type { Random } from '../random.ts';
import { broadcastShape, type DType, elementCount, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { broadcastSamples } from './add.ts';
import { accumulate, inferShape } from './conv-2d.ts';
import { broadcastIndex } from './elementwise.ts';
import { type Scaling, scale32, scale64 } from './fixed-32.ts';
import { checkScale } from './quantize.ts';
import { randomFloat, randomInt8, randomInt16 } from './sample-tensors.ts';
import { checkChannels, operand, windowAttrs } from './spatial.ts';
import { accumulateTransposed, inferTransposed, transposeAttrs } from './transpose-conv-2d.ts';

const source = 'docs/numerics.md, section 9';
/** Name of the integer semantics in docs/numerics.md. */
const numerics = 'tflite-int16x8-v1';

const bounds = {
  outputMin: { kind: 'int', default: -32768 },
  outputMax: { kind: 'int', default: 32767 },
} as const;

const clamp = (v: number, min: number, max: number): number => Math.max(min, Math.min(max, v));

/** Operands of a convolution: weights OHWI, then bias, multiplier and shift of each output channel. */
const convolutionInputs = [
  { name: 'x', dtypes: ['int16'] },
  { name: 'weight', dtypes: ['int8'], constant: true },
  { name: 'bias', dtypes: ['int32'], constant: true },
  { name: 'multiplier', dtypes: ['int32'], constant: true },
  { name: 'shift', dtypes: ['int32'], constant: true },
] as const;

/** `wide`: sums are scaled as 64-bit numbers, else as 32-bit ones. */
const convolutionAttrs = { ...bounds, wide: { kind: 'bool', default: true } } as const;

interface Finish {
  wide: boolean;
  outputMin: number;
  outputMax: number;
}

/** What turns the sum of a channel into its output. */
function finisher([bias, multiplier, shift]: readonly (Tensor | undefined)[], a: Finish, y: Tensor) {
  const [b, m, s] = [bias, multiplier, shift].map((t) => t?.data as Int32Array);
  const scale = a.wide ? scale64 : scale32;
  return (i: number, o: number, acc: number): void => {
    const scaled = scale(acc + b[o], { multiplier: m[o], shift: s[o] });
    y.data[i] = clamp(scaled, a.outputMin, a.outputMax);
  };
}

function checkConvolution(types: readonly (TensorType | undefined)[]): { x: TensorType; w: TensorType } {
  const [x, w] = [operand(types[0], 'x', 4), operand(types[1], 'weight', 4)];
  ['bias', 'multiplier', 'shift'].forEach((port, i) => {
    checkChannels(operand(types[2 + i], port), port, w.shape[0]);
  });
  return { x, w };
}

const channelConstants = (random: Random, outputs: number) => [
  tensor(
    'int32',
    [outputs],
    Array.from({ length: outputs }, () => random.int(-(10 ** 6), 10 ** 6)),
  ),
  tensor(
    'int32',
    [outputs],
    Array.from({ length: outputs }, () => random.int(2 ** 30, 2 ** 31 - 1)),
  ),
  tensor(
    'int32',
    [outputs],
    Array.from({ length: outputs }, () => random.int(-12, -5)),
  ),
];

const convolutionShapes = [
  { x: [1, 5, 6, 3], w: [4, 3, 2, 3], a: { strides: [2, 1], pads: [1, 0, 1, 1] } },
  { x: [2, 4, 4, 6], w: [6, 3, 3, 1], a: { group: 6, dilations: [1, 2], pads: [0, 2, 0, 2], wide: false } },
  { x: [1, 1, 1, 33], w: [7, 1, 1, 33], a: { outputMin: 0 } },
];

export const qConv2dInt16 = defineOp({
  name: 'QConv2dInt16',
  summary: 'Convolution of int16 values with int8 weights, scaled to int16.',
  source,
  inputs: convolutionInputs,
  outputs: [{ name: 'y', dtypes: ['int16'] }],
  attrs: { ...windowAttrs, group: { kind: 'int', default: 1 }, ...convolutionAttrs },
  infer(types, a) {
    const { x, w } = checkConvolution(types);
    return [{ dtype: 'int16', shape: inferShape(x, w, a) }];
  },
  evaluate([x, w, ...constants], a, [y]) {
    accumulate(x as Tensor, w as Tensor, y, a, 0, 0, finisher(constants, a, y));
  },
  cost: ([, w], [y]) => ({ macs: elementCount(y.shape) * elementCount(operand(w, 'weight').shape.slice(1)) }),
  numerics,
  accuracy: { kind: 'exact' },
  samples: (random) =>
    convolutionShapes.map(({ x, w, a }) => ({
      inputs: [randomInt16(random, x), randomInt8(random, w), ...channelConstants(random, w[0])],
      attrs: a,
    })),
});

const transposedShapes = [
  { x: [1, 3, 4, 5], w: [6, 2, 2, 5], a: { strides: [2, 2] } },
  {
    x: [1, 4, 3, 2],
    w: [3, 3, 3, 2],
    a: { strides: [2, 2], pads: [1, 0, 1, 1], outputPads: [1, 0], wide: false },
  },
];

export const qTransposeConv2dInt16 = defineOp({
  name: 'QTransposeConv2dInt16',
  summary: 'Transposed convolution of int16 values with int8 weights, scaled to int16.',
  source,
  inputs: convolutionInputs,
  outputs: [{ name: 'y', dtypes: ['int16'] }],
  attrs: { ...transposeAttrs, ...convolutionAttrs },
  infer(types, a) {
    const { x, w } = checkConvolution(types);
    return [{ dtype: 'int16', shape: inferTransposed(x, w, a) }];
  },
  evaluate([x, w, ...constants], a, [y]) {
    accumulateTransposed(x as Tensor, w as Tensor, y, a, 0, 0, finisher(constants, a, y));
  },
  cost: ([x, w]) => ({
    macs: elementCount(operand(x, 'x').shape.slice(0, 3)) * elementCount(operand(w, 'weight').shape),
  }),
  numerics,
  accuracy: { kind: 'exact' },
  samples: (random) =>
    transposedShapes.map(({ x, w, a }) => ({
      inputs: [randomInt16(random, x), randomInt8(random, w), ...channelConstants(random, w[0])],
      attrs: a,
    })),
});

const scalingAttrs = <const N extends string>(name: N) =>
  ({ [`${name}Multiplier`]: { kind: 'int' }, [`${name}Shift`]: { kind: 'int' } }) as {
    [K in `${N}Multiplier` | `${N}Shift`]: { kind: 'int' };
  };

const half: Scaling = { multiplier: 1 << 30, shift: 0 };

export const qAddInt16 = defineOp({
  name: 'QAddInt16',
  summary: 'a + b or a − b of int16 values: both scaled with 15 more bits, then their sum.',
  source,
  inputs: [
    { name: 'a', dtypes: ['int16'] },
    { name: 'b', dtypes: ['int16'] },
  ],
  outputs: [{ name: 'y', dtypes: ['int16'] }],
  attrs: {
    ...scalingAttrs('a'),
    ...scalingAttrs('b'),
    ...scalingAttrs('output'),
    subtract: { kind: 'bool', default: false },
    ...bounds,
  },
  infer: ([a, b]) => [
    { dtype: 'int16', shape: broadcastShape(operand(a, 'a').shape, operand(b, 'b').shape) },
  ],
  evaluate([a, b], attrs, [y]) {
    const [ai, bi] = [a, b].map((t) => broadcastIndex((t as Tensor).shape, y.shape));
    const [ad, bd] = [a?.data as Int16Array, b?.data as Int16Array];
    const sign = attrs.subtract ? -1 : 1;
    for (let i = 0; i < y.data.length; i++) {
      const left = scale32(ad[ai[i]] * 2 ** 15, { multiplier: attrs.aMultiplier, shift: attrs.aShift });
      const right = scale32(bd[bi[i]] * 2 ** 15, { multiplier: attrs.bMultiplier, shift: attrs.bShift });
      const scaling = { multiplier: attrs.outputMultiplier, shift: attrs.outputShift };
      y.data[i] = clamp(scale32(left + sign * right, scaling), attrs.outputMin, attrs.outputMax);
    }
  },
  permute: (a) => a,
  numerics,
  accuracy: { kind: 'exact' },
  samples: (random) =>
    broadcastSamples.flatMap(([a, b]) =>
      [false, true].map((subtract) => ({
        inputs: [randomInt16(random, a), randomInt16(random, b)],
        attrs: {
          aMultiplier: half.multiplier,
          aShift: half.shift,
          bMultiplier: random.int(2 ** 30, 2 ** 31 - 1),
          bShift: -1,
          outputMultiplier: random.int(2 ** 30, 2 ** 31 - 1),
          outputShift: -14,
          subtract,
        },
      })),
    ),
});

const scaled: readonly DType[] = ['int16', 'int32'];
const limits = { int16: 2 ** 15, int32: 2 ** 31 } as const;

export const qScale = defineOp({
  name: 'QScale',
  summary: 'An int16 or int32 value scaled to another: by one ratio above zero, by one below.',
  source,
  inputs: [{ name: 'x', dtypes: scaled }],
  outputs: [{ name: 'y', dtypes: scaled }],
  attrs: {
    ...scalingAttrs('positive'),
    ...scalingAttrs('negative'),
    to: { kind: 'enum', values: ['int16', 'int32'], default: 'int16' },
  },
  infer: ([x], { to }) => [{ dtype: to as DType, shape: operand(x, 'x').shape }],
  evaluate([x], a, [y]) {
    const limit = limits[a.to as 'int16'];
    const up = { multiplier: a.positiveMultiplier, shift: a.positiveShift };
    const down = { multiplier: a.negativeMultiplier, shift: a.negativeShift };
    ((x as Tensor).data as Int32Array).forEach((v, i) => {
      y.data[i] = clamp(scale32(v, v >= 0 ? up : down), -limit, limit - 1);
    });
  },
  permute: (a) => a,
  numerics,
  accuracy: { kind: 'exact' },
  samples: (random) => {
    const ratio = {
      positiveMultiplier: random.int(2 ** 30, 2 ** 31 - 1),
      positiveShift: 1,
      negativeMultiplier: random.int(2 ** 30, 2 ** 31 - 1),
      negativeShift: -3,
    };
    const wide = tensor('int32', [6], [2 ** 31 - 1, -(2 ** 31), 0, 1, -1, 123456789]);
    return [
      { inputs: [randomInt16(random, [2, 3, 17])], attrs: ratio },
      { inputs: [randomInt16(random, [40])], attrs: { ...ratio, to: 'int32' } },
      { inputs: [wide], attrs: { ...ratio, positiveShift: -14, negativeShift: -14 } },
    ];
  },
});

export const quantizeInt16 = defineOp({
  name: 'QuantizeInt16',
  summary: 'Real values to int16: x / s, rounded half away from zero; NaN becomes 0.',
  source,
  inputs: [{ name: 'x', dtypes: ['float32'] }],
  outputs: [{ name: 'y', dtypes: ['int16'] }],
  attrs: { scale: { kind: 'float' } },
  infer([x], { scale }) {
    checkScale(scale);
    return [{ dtype: 'int16', shape: operand(x, 'x').shape, quant: { scale: [f32(scale)], zeroPoint: [0] } }];
  },
  evaluate([x], { scale }, [y]) {
    const divisor = f32(scale);
    ((x as Tensor).data as Float32Array).forEach((v, i) => {
      const ratio = f32(v / divisor);
      const rounded = Math.sign(ratio) * Math.floor(Math.abs(ratio) + 0.5);
      y.data[i] = ratio !== ratio ? 0 : clamp(rounded, -32768, 32767);
    });
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [2, 3, 17])], attrs: { scale: f32(1e-4) } },
    {
      inputs: [tensor('float32', [8], [0.25, -0.25, 0.75, 1e30, -1e30, Number.NaN, -0, 0.2499999])],
      attrs: { scale: 0.5 },
    },
  ],
});
