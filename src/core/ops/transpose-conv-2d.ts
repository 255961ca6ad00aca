import { defineOp, f32, type Lowering, type Ref } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { accumulateConstants, requantize } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import {
  accumulateAttrs,
  checkChannels,
  checkWeights,
  checkWindow,
  clampAttrs,
  clampReal,
  operand,
  type Window,
  windowAttrs,
} from './spatial.ts';

export const transposeAttrs = {
  ...windowAttrs,
  outputPads: { kind: 'ints', length: 2, default: [0, 0] },
} as const;

type TransposeWindow = Window & { outputPads: readonly number[] };

/** Shape of a transposed convolution. Throws E_OP_SHAPE. */
export function inferTransposed(x: TensorType, w: TensorType, window: TransposeWindow): number[] {
  const [outputs, kh, kw, depth] = w.shape;
  checkWeights(w);
  checkWindow(window, [kh, kw]);
  const size = [kh, kw].map(
    (k, i) =>
      (x.shape[1 + i] - 1) * window.strides[i] +
      window.dilations[i] * (k - 1) +
      1 -
      window.pads[i] -
      window.pads[i + 2] +
      window.outputPads[i],
  );
  if (depth !== x.shape[3] || size.some((s) => s < 1) || window.outputPads.some((p) => p < 0)) {
    throw new EdgecError('E_OP_SHAPE', 'weights or pads do not fit the input', {
      expected: `[O, KH, KW, ${x.shape[3]}]`,
      found: `[${w.shape}] with output [${size}]`,
      where: 'weight',
    });
  }
  return [x.shape[0], ...size, outputs];
}

/** For every output, the sum over the inputs whose window reaches it. */
export function accumulateTransposed(
  x: Tensor,
  w: Tensor,
  y: Tensor,
  window: TransposeWindow,
  zx: number,
  zw: number,
  store: (index: number, channel: number, acc: number) => void,
): void {
  const xd = x.data as Float32Array;
  const wd = w.data as Float32Array;
  const [n, h, wide, c] = x.shape;
  const [outputs, kh, kw] = w.shape;
  const [, oh, ow] = y.shape;
  const [sy, sx] = window.strides;
  const [dy, dx] = window.dilations;
  const [top, left] = window.pads;
  let index = 0;
  for (let b = 0; b < n; b++) {
    for (let oy = 0; oy < oh; oy++) {
      for (let ox = 0; ox < ow; ox++) {
        for (let o = 0; o < outputs; o++) {
          let acc = 0;
          for (let ky = 0; ky < kh; ky++) {
            const ty = oy + top - ky * dy;
            const iy = ty / sy;
            if (ty < 0 || ty % sy !== 0 || iy >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const tx = ox + left - kx * dx;
              const ix = tx / sx;
              if (tx < 0 || tx % sx !== 0 || ix >= wide) continue;
              let xi = ((b * h + iy) * wide + ix) * c;
              let wi = ((o * kh + ky) * kw + kx) * c;
              for (const end = xi + c; xi < end; xi++, wi++) acc += (xd[xi] - zx) * (wd[wi] - zw);
            }
          }
          store(index++, o, acc);
        }
      }
    }
  }
}

const macs = (x: TensorType, w: TensorType): number =>
  x.shape[0] * x.shape[1] * x.shape[2] * elementCount(w.shape);

const sampleShapes = [
  { x: [1, 3, 4, 5], w: [6, 2, 2, 5], a: { strides: [2, 2] } },
  { x: [1, 4, 3, 2], w: [3, 3, 3, 2], a: { strides: [2, 2], pads: [1, 0, 1, 1], outputPads: [1, 0] } },
  { x: [2, 3, 3, 1], w: [2, 3, 2, 1], a: { dilations: [2, 1] } },
];

export const transposeConv2d = defineOp({
  name: 'TransposeConv2d',
  summary:
    'Transposed convolution: the gradient of Conv2d, `pads` cropped from the full output; weights OHWI.',
  source: 'ONNX ConvTranspose-11, TFLite TRANSPOSE_CONV',
  inputs: [
    { name: 'x', dtypes: ['float32', 'int8'] },
    { name: 'weight', dtypes: ['float32', 'int8'], constant: true },
    { name: 'bias', dtypes: ['float32', 'int32'], optional: true, constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: { ...transposeAttrs, ...clampAttrs },
  infer([x, w, b], a) {
    const input = operand(x, 'x', 4);
    const weight = operand(w, 'weight', 4);
    checkChannels(b, 'bias', weight.shape[0]);
    return [{ dtype: input.dtype, shape: inferTransposed(input, weight, a) }];
  },
  evaluate([x, w, b], a, [y]) {
    const yd = y.data as Float32Array;
    const bias = b?.data as Float32Array | undefined;
    accumulateTransposed(x as Tensor, w as Tensor, y, a, 0, 0, (i, o, acc) => {
      yd[i] = clampReal(acc + (bias ? bias[o] : 0), a.clampMin, a.clampMax);
    });
  },
  quantize: {
    kind: 'accumulate',
    weightAxis: 0,
    lower(node: Lowering<{ clampMin: number; clampMax: number }>): Ref[] {
      const { clampMin, clampMax, ...window } = node.attrs;
      const weight = node.constant(1) as Tensor;
      const inner = elementCount(weight.shape.slice(1));
      const { bias, multiplier, params } = accumulateConstants(
        node.types,
        node.outputs[0],
        weight,
        node.constant(2),
        weight.shape[0],
        { clampMin, clampMax },
        (i) => Math.floor(i / inner),
      );
      const inputs = [node.inputs[0], node.inputs[1], node.addConstant(bias), node.addConstant(multiplier)];
      return [node.emit('QTransposeConv2d', inputs, { ...window, ...params }, node.outputs[0].quant)];
    },
  },
  cost: ([x, w]) => ({ macs: macs(operand(x, 'x'), operand(w, 'weight')) }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    sampleShapes.map(({ x, w, a }) => ({
      inputs: [randomFloat(random, x), randomFloat(random, w), randomFloat(random, [w[0]])],
      attrs: a,
    })),
});

export const qTransposeConv2d = defineOp({
  name: 'QTransposeConv2d',
  summary: 'Transposed convolution of int8 values, accumulated in int32 and requantised for each channel.',
  source: 'docs/numerics.md, sections 2 and 3',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'weight', dtypes: ['int8'], constant: true },
    { name: 'bias', dtypes: ['int32'], constant: true },
    { name: 'multiplier', dtypes: ['float32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: { ...transposeAttrs, ...accumulateAttrs },
  infer([x, w, b, m], a) {
    const weight = operand(w, 'weight', 4);
    checkChannels(operand(b, 'bias'), 'bias', weight.shape[0]);
    checkChannels(operand(m, 'multiplier'), 'multiplier', weight.shape[0]);
    return [{ dtype: 'int8', shape: inferTransposed(operand(x, 'x', 4), weight, a) }];
  },
  evaluate([x, w, b, m], a, [y]) {
    const yd = y.data as Int8Array;
    const bias = b?.data as Int32Array;
    const multiplier = m?.data as Float32Array;
    accumulateTransposed(x as Tensor, w as Tensor, y, a, a.inputZeroPoint, a.weightZeroPoint, (i, o, acc) => {
      yd[i] = requantize(acc + bias[o], multiplier[o], a.outputZeroPoint, a.outputMin, a.outputMax);
    });
  },
  cost: ([x, w]) => ({ macs: macs(operand(x, 'x'), operand(w, 'weight')) }),
  accuracy: { kind: 'exact' },
  samples: (random) =>
    sampleShapes.map(({ x, w, a }) => ({
      inputs: [
        randomInt8(random, x),
        randomInt8(random, w),
        tensor('int32', [w[0]]),
        tensor('float32', [w[0]], new Float32Array(w[0]).fill(f32(0.003))),
      ],
      attrs: { ...a, inputZeroPoint: -5, outputZeroPoint: 11 },
    })),
});
