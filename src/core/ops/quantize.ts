import { defineOp, f32, type Lowering, type Ref, rne } from '../define-op.ts';
import { type QuantParams, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { attributeError } from './movement.ts';
import { multiplierOf, quantOf } from './requantize.ts';
import { randomFloat, randomInt8, randomInt16 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { tableOf } from './table.ts';

const affineAttrs = {
  scale: { kind: 'floats' },
  zeroPoint: { kind: 'ints' },
  axis: { kind: 'int', default: -1 },
} as const;

interface Affine {
  scale: readonly number[];
  zeroPoint: readonly number[];
  axis: number;
}

/** Throws E_OP_ATTRIBUTE for what is no scale in binary32. */
export function checkScale(scale: number): void {
  const stored = f32(scale);
  if (!(stored > 0 && Number.isFinite(stored)))
    throw attributeError('a scale is not a positive binary32 number', 'above 0', `${scale}`);
}

function checkStoredZero(zeroPoint: number): void {
  if (zeroPoint < -128 || zeroPoint > 127)
    throw attributeError('a zero point is no int8', '-128 to 127', `${zeroPoint}`);
}

/** The parameters that the attributes state for `type`. Throws E_OP_ATTRIBUTE. */
function checkAffine(type: TensorType, { scale, zeroPoint, axis }: Affine): QuantParams {
  const count = axis < 0 ? 1 : type.shape[axis];
  if (scale.length !== count || zeroPoint.length !== count) {
    throw attributeError(
      'one scale and one zero point for each channel are needed',
      `${count}`,
      `${scale.length} and ${zeroPoint.length}`,
    );
  }
  scale.forEach(checkScale);
  return axis < 0 ? { scale, zeroPoint } : { scale, zeroPoint, axis };
}

const innerOf = (shape: readonly number[], axis: number): number =>
  axis < 0 ? Number.POSITIVE_INFINITY : shape.slice(axis + 1).reduce((n, d) => n * d, 1);

const permuteAffine = <A extends Affine>(a: A, perm: readonly number[]): A => ({
  ...a,
  axis: a.axis < 0 ? -1 : perm.indexOf(a.axis),
});

export const quantize = defineOp({
  name: 'Quantize',
  summary: 'Real values to int8: z + rne(x / s), or rne(x · (1/s)) with `reciprocal`; NaN becomes z.',
  source: 'docs/numerics.md, section 5',
  inputs: [{ name: 'x', dtypes: ['float32'] }],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: { ...affineAttrs, reciprocal: { kind: 'bool', default: false } },
  infer([x], a) {
    const input = operand(x, 'x');
    a.zeroPoint.forEach(checkStoredZero);
    return [{ dtype: 'int8', shape: input.shape, quant: checkAffine(input, a) }];
  },
  evaluate([x], a, [y]) {
    const xd = x?.data as Float32Array;
    const inner = innerOf(y.shape, a.axis);
    for (let i = 0; i < xd.length; i++) {
      const c = Math.floor(i / inner) % a.scale.length;
      const scale = f32(a.scale[c]);
      const p = a.reciprocal ? f32(xd[i] * f32(1 / scale)) : f32(xd[i] / scale);
      const z = a.zeroPoint[c];
      y.data[i] = p !== p ? z : z + rne(Math.max(-128 - z, Math.min(127 - z, p)));
    }
  },
  permute: permuteAffine,
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [1, 7, 9])], attrs: { scale: [f32(0.013)], zeroPoint: [-4] } },
    {
      inputs: [randomFloat(random, [70])],
      attrs: { scale: [f32(0.013)], zeroPoint: [127], reciprocal: true },
    },
    { inputs: [tensor('float32', [4], [Number.NaN, 1e30, -1e30, 0])], attrs: { scale: [1], zeroPoint: [3] } },
  ],
});

export const dequantize = defineOp({
  name: 'Dequantize',
  summary: 'Stored integers to real values: (q − z) · s.',
  source: 'docs/numerics.md, section 5',
  inputs: [{ name: 'x', dtypes: ['int8', 'int16', 'int32'] }],
  outputs: [{ name: 'y', dtypes: ['float32'] }],
  attrs: affineAttrs,
  infer([x], a) {
    const input = operand(x, 'x');
    if (input.dtype === 'int8') a.zeroPoint.forEach(checkStoredZero);
    checkAffine(input, a);
    return [{ dtype: 'float32', shape: input.shape }];
  },
  evaluate([x], a, [y]) {
    const xd = (x as Tensor).data as Int8Array;
    const inner = innerOf(y.shape, a.axis);
    for (let i = 0; i < xd.length; i++) {
      const c = Math.floor(i / inner) % a.scale.length;
      y.data[i] = f32(f32(xd[i] - a.zeroPoint[c]) * f32(a.scale[c]));
    }
  },
  permute: permuteAffine,
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [randomInt8(random, [2, 3, 5])],
      attrs: { scale: [f32(0.1), f32(0.2), f32(0.3)], zeroPoint: [0, 4, -128], axis: 1 },
    },
    { inputs: [randomInt8(random, [67])], attrs: { scale: [f32(0.1)], zeroPoint: [-128] } },
    { inputs: [randomInt16(random, [2, 33])], attrs: { scale: [f32(0.001)], zeroPoint: [0] } },
  ],
});

/** Multiplication by a ratio of 8 fraction bits, as XNNPACK rescales int8. */
function coarseRescale(from: QuantParams, to: QuantParams): Tensor {
  const multiplier = rne(256 * multiplierOf(from.scale[0], 1, to.scale[0]));
  const entries = Int8Array.from({ length: 256 }, (_, i) => {
    const v = (((i - 128 - from.zeroPoint[0]) * multiplier + 128) >> 8) + to.zeroPoint[0];
    return Math.max(-128, Math.min(127, v));
  });
  return tensor('int8', [256], entries);
}

type Rounding = 'exact' | 'tflite8';

const rescaleEntries = (from: QuantParams, to: QuantParams, rounding: Rounding): Tensor =>
  rounding === 'exact' ? tableOf(from, to, (v) => v) : coarseRescale(from, to);

export const requantizeOp = defineOp({
  name: 'Requantize',
  summary: 'int8 values under other parameters.',
  source: 'docs/numerics.md, section 4 (Rescale)',
  inputs: [{ name: 'x', dtypes: ['int8'] }],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {
    scale: { kind: 'float' },
    zeroPoint: { kind: 'int' },
    tableRounding: { kind: 'enum', values: ['exact', 'tflite8'], default: 'exact' },
  },
  infer([x], a) {
    const { shape } = operand(x, 'x');
    checkScale(a.scale);
    checkStoredZero(a.zeroPoint);
    return [{ dtype: 'int8', shape, quant: { scale: [a.scale], zeroPoint: [a.zeroPoint] } }];
  },
  evaluate([x], a, [y]) {
    const to = { scale: [a.scale], zeroPoint: [a.zeroPoint] };
    const entries = rescaleEntries(quantOf(x, 'x'), to, a.tableRounding).data;
    const xd = (x as Tensor).data as Int8Array;
    for (let i = 0; i < xd.length; i++) y.data[i] = entries[xd[i] + 128];
  },
  quantize: {
    kind: 'rescale',
    lower(node: Lowering<{ tableRounding: Rounding }>): Ref[] {
      const to = quantOf(node.outputs[0], 'output');
      const entries = rescaleEntries(quantOf(node.types[0], 'x'), to, node.attrs.tableRounding);
      return [node.emit('Table', [node.inputs[0], node.addConstant(entries)], {}, to)];
    },
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: (random) =>
    (['exact', 'tflite8'] as const).flatMap((tableRounding) =>
      [
        [0.1, 0.07],
        [0.01, 0.3],
        [0.5, 0.5],
      ].map(([from, scale]) => {
        const quant = { scale: [f32(from)], zeroPoint: [random.int(-128, 127)] };
        const zeroPoint = random.int(-128, 127);
        const x = { ...randomInt8(random, [2, 67]), quant };
        return { inputs: [x], attrs: { scale: f32(scale), zeroPoint, tableRounding } };
      }),
    ),
});

export const recode = defineOp({
  name: 'Recode',
  summary: 'uint8 to int8 or back by flipping the top bit: the real values stay.',
  source: 'docs/numerics.md, section 1',
  inputs: [{ name: 'x', dtypes: ['int8', 'uint8'] }],
  outputs: [{ name: 'y', dtypes: ['int8', 'uint8'] }],
  attrs: { to: { kind: 'enum', values: ['int8', 'uint8'] } },
  infer([x], { to }) {
    const { dtype, shape, quant } = operand(x, 'x');
    if (dtype === to) throw attributeError('the operand has this element type already', 'the other one', to);
    const shift = to === 'int8' ? -128 : 128;
    const moved = quant && { ...quant, zeroPoint: quant.zeroPoint.map((z) => z + shift) };
    return [moved ? { dtype: to, shape, quant: moved } : { dtype: to, shape }];
  },
  evaluate([x], { to }, [y]) {
    const xd = (x as Tensor).data as Int8Array;
    const shift = to === 'int8' ? -128 : 128;
    for (let i = 0; i < xd.length; i++) y.data[i] = xd[i] + shift;
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [5, 13])], attrs: { to: 'uint8' } },
    { inputs: [tensor('uint8', [2, 2, 1], [0, 127, 128, 255])], attrs: { to: 'int8' } },
  ],
});
