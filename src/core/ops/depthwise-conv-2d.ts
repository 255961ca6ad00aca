import { defineOp, f32, type Lowering, type OpSample, type Ref } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { Random } from '../random.ts';
import { elementCount, type Tensor, type TensorType, tensor } from '../tensor.ts';
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

function inferShape(x: TensorType, w: TensorType, window: Window): number[] {
  const [one, kh, kw, outputs] = w.shape;
  const channels = x.shape[3];
  if (one !== 1 || channels < 1 || outputs % channels !== 0) {
    throw new EdgecError('E_OP_SHAPE', 'weights do not fit the channels of the input', {
      expected: `[1, KH, KW, a multiple of ${channels}]`,
      found: `[${w.shape}]`,
      where: 'weight',
    });
  }
  checkWeights(w);
  return [x.shape[0], ...windowOutput(x.shape, [kh, kw], window), outputs];
}

/** Sums (x − zx)·(w − zw) of every output; output channel o reads input channel ⌊o / multiplier⌋. */
function accumulate(
  x: Tensor,
  w: Tensor,
  y: Tensor,
  window: Window,
  zx: number,
  zw: number,
  store: (index: number, channel: number, acc: number) => void,
): void {
  const xd = x.data as Float32Array;
  const wd = w.data as Float32Array;
  const [n, h, wide, c] = x.shape;
  const [, kh, kw, outputs] = w.shape;
  const [, oh, ow] = y.shape;
  const [sy, sx] = window.strides;
  const [dy, dx] = window.dilations;
  const [top, left] = window.pads;
  const multiplier = outputs / c;
  let index = 0;
  for (let b = 0; b < n; b++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        for (let o = 0; o < outputs; o++) {
          const channel = Math.floor(o / multiplier);
          let acc = 0;
          for (let ky = 0; ky < kh; ky++) {
            const iy = oy * sy + ky * dy - top;
            if (iy < 0 || iy >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const ix = ox * sx + kx * dx - left;
              if (ix < 0 || ix >= wide) continue;
              acc +=
                (xd[((b * h + iy) * wide + ix) * c + channel] - zx) * (wd[(ky * kw + kx) * outputs + o] - zw);
            }
          }
          store(index++, o, acc);
        }
      }
    }
  }
}

const macs = (w: TensorType, y: TensorType): number => elementCount(y.shape) * w.shape[1] * w.shape[2];

export const depthwiseConv2d = defineOp({
  name: 'DepthwiseConv2d',
  summary: 'Convolution of each channel on its own, with a fused clamp.',
  source: 'TFLite DEPTHWISE_CONV_2D, weights 1HWC',
  inputs: [
    { name: 'x', dtypes: ['float32', 'int8'] },
    { name: 'weight', dtypes: ['float32', 'int8'], constant: true },
    { name: 'bias', dtypes: ['float32', 'int32'], optional: true, constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: { ...windowAttrs, ...clampAttrs },
  infer([x, w, b], a) {
    const input = operand(x, 'x', 4);
    const weight = operand(w, 'weight', 4);
    checkChannels(b, 'bias', weight.shape[3]);
    return [{ dtype: input.dtype, shape: inferShape(input, weight, a) }];
  },
  evaluate([x, w, b], a, [y]) {
    const yd = y.data as Float32Array;
    const bias = b?.data as Float32Array | undefined;
    accumulate(x as Tensor, w as Tensor, y, a, 0, 0, (i, o, acc) => {
      yd[i] = clampReal(acc + (bias ? bias[o] : 0), a.clampMin, a.clampMax);
    });
  },
  quantize: {
    kind: 'accumulate',
    weightAxis: 3,
    lower(node: Lowering<{ clampMin: number; clampMax: number }>): Ref[] {
      const { clampMin, clampMax, ...window } = node.attrs;
      const weight = node.constant(1) as Tensor;
      const channels = weight.shape[3];
      const { bias, multiplier, params } = accumulateConstants(
        node.types,
        node.outputs[0],
        weight,
        node.constant(2),
        channels,
        { clampMin, clampMax },
        (i) => i % channels,
      );
      const inputs = [node.inputs[0], node.inputs[1], node.addConstant(bias), node.addConstant(multiplier)];
      return [node.emit('QDepthwiseConv2d', inputs, { ...window, ...params }, node.outputs[0].quant)];
    },
  },
  cost: ([, w], [y]) => ({ macs: macs(operand(w, 'weight'), y) }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    depthwiseSamples(random).map(({ x, w, a }) => ({
      inputs: [randomFloat(random, x), randomFloat(random, w), randomFloat(random, [w[3]])],
      attrs: { ...a, clampMin: 0, clampMax: 6 },
    })),
});

export const qDepthwiseConv2d = defineOp({
  name: 'QDepthwiseConv2d',
  summary: 'Depthwise convolution of int8 values, accumulated in int32 and requantised for each channel.',
  source: 'docs/numerics.md, sections 2 and 3',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'weight', dtypes: ['int8'], constant: true },
    { name: 'bias', dtypes: ['int32'], constant: true },
    { name: 'multiplier', dtypes: ['float32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: { ...windowAttrs, ...accumulateAttrs },
  infer([x, w, b, m], a) {
    const weight = operand(w, 'weight', 4);
    checkChannels(operand(b, 'bias'), 'bias', weight.shape[3]);
    checkChannels(operand(m, 'multiplier'), 'multiplier', weight.shape[3]);
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
  accuracy: { kind: 'exact' },
  samples: (random) =>
    depthwiseSamples(random).map(
      ({ x, w, a }): OpSample => ({
        inputs: [
          randomInt8(random, x),
          randomInt8(random, w),
          tensor(
            'int32',
            [w[3]],
            Int32Array.from({ length: w[3] }, () => random.int(-999, 999)),
          ),
          tensor(
            'float32',
            [w[3]],
            Float32Array.from({ length: w[3] }, () => f32(random.uniform(1e-3, 5e-2))),
          ),
        ],
        attrs: {
          ...a,
          inputZeroPoint: random.int(-128, 127),
          weightZeroPoint: random.pick([0, 0, -7, -128]),
          outputZeroPoint: random.int(-128, 127),
          outputMin: random.pick([-128, -128, -20]),
          outputMax: random.pick([127, 127, 31]),
        },
      }),
    ),
});

function depthwiseSamples(random: Random): { x: number[]; w: number[]; a: Record<string, number[]> }[] {
  const channels = random.int(1, 40);
  return [
    { x: [1, 6, 5, channels], w: [1, 3, 3, channels], a: { pads: [1, 1, 1, 1] } },
    { x: [2, 7, 7, 64], w: [1, 3, 3, 64], a: { strides: [2, 2], pads: [0, 0, 1, 1] } },
    { x: [1, 9, 9, 3], w: [1, 5, 5, 6], a: { pads: [2, 2, 2, 2] } },
    { x: [1, 9, 8, 70], w: [1, 3, 2, 70], a: { dilations: [2, 2], pads: [2, 0, 2, 2] } },
    { x: [1, 10, 4, 1], w: [1, 10, 4, 8], a: { strides: [2, 2], pads: [4, 1, 5, 1] } },
  ];
}
