import { f32, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { type QuantParams, type Tensor, type TensorType, tensor } from '../tensor.ts';

/** Integer bounds of an int8 output. */
export interface IntegerBounds {
  outputMin: number;
  outputMax: number;
}

/** docs/numerics.md, section 3: y = z + rne(clamp(f32(f32(acc) · m))). */
export function requantize(
  acc: number,
  multiplier: number,
  zeroPoint: number,
  min: number,
  max: number,
): number {
  const p = f32(f32(acc) * multiplier);
  const low = min - zeroPoint;
  const high = max - zeroPoint;
  return zeroPoint + rne(p < low ? low : p > high ? high : p);
}

/** No multiplier reaches it. */
export const multiplierLimit = 256;

/** m = f32(f32(sx · sw) / sy). Throws E_NUMERICS_SCALE where m ≥ 256. */
export function multiplierOf(inputScale: number, weightScale: number, outputScale: number): number {
  const m = f32(f32(inputScale * weightScale) / outputScale);
  if (!(m < multiplierLimit)) {
    throw new EdgecError('E_NUMERICS_SCALE', 'the ratio of input and output scales is too large', {
      expected: `below ${multiplierLimit}`,
      found: `${m}`,
      remedy: 'check the scales of the tensors around this node',
    });
  }
  return m;
}

/** A real bound of an activation as a stored integer: rne(f32(f32(b / s) + z)), within int8. */
export function integerBounds({ scale, zeroPoint }: QuantParams, min: number, max: number): IntegerBounds {
  const stored = (bound: number): number => {
    const v = f32(f32(bound / scale[0]) + zeroPoint[0]);
    return v <= -128 ? -128 : v >= 127 ? 127 : rne(v);
  };
  return { outputMin: stored(min), outputMax: stored(max) };
}

/** The parameters of an operand that has to be quantised. */
export function quantOf(type: TensorType | undefined, port: string): QuantParams {
  if (!type?.quant)
    throw new EdgecError('E_NUMERICS_SCALE', `${port} has no quantisation parameters`, { where: port });
  return type.quant;
}

/**
 * Proves that no partial sum leaves int32: |bias| + Σ|w − zw| · max|x − zx| < 2^31 for each output channel.
 * `channelOf` gives the channel of a weight by its index. Throws E_NUMERICS_OVERFLOW.
 */
export function proveAccumulator(
  weight: Tensor,
  bias: Tensor,
  inputZeroPoint: number,
  weightZeroPoint: number,
  channelOf: (index: number) => number,
): void {
  const span = Math.max(Math.abs(-128 - inputZeroPoint), Math.abs(127 - inputZeroPoint));
  const bounds = Float64Array.from(bias.data as Int32Array, Math.abs);
  const data = weight.data as Int8Array;
  for (let i = 0; i < data.length; i++) bounds[channelOf(i)] += Math.abs(data[i] - weightZeroPoint) * span;
  const worst = bounds.reduce((a, b) => Math.max(a, b), 0);
  if (worst >= 2 ** 31) {
    throw new EdgecError('E_NUMERICS_OVERFLOW', 'the accumulator of this layer can leave int32', {
      expected: 'below 2147483648',
      found: `${worst}`,
      remedy: 'keep this node in float',
    });
  }
}

/** Everything that an accumulating node passes to its integer op. */
export interface AccumulateParams extends IntegerBounds {
  inputZeroPoint: number;
  weightZeroPoint: number;
  outputZeroPoint: number;
}

export interface AccumulateConstants {
  bias: Tensor;
  multiplier: Tensor;
  params: AccumulateParams;
}

/** Derives bias, multipliers and bounds of Conv, DepthwiseConv, TransposeConv and FullyConnected. */
export function accumulateConstants(
  types: readonly (TensorType | undefined)[],
  output: TensorType,
  weight: Tensor,
  bias: Tensor | undefined,
  channels: number,
  clamp: { clampMin: number; clampMax: number },
  channelOf: (index: number) => number,
): AccumulateConstants {
  const x = quantOf(types[0], 'x');
  const w = quantOf(types[1], 'weight');
  const y = quantOf(output, 'output');
  const multiplier = Float32Array.from({ length: channels }, (_, c) =>
    multiplierOf(x.scale[0], w.scale[c % w.scale.length], y.scale[0]),
  );
  if (bias && bias.dtype !== 'int32') {
    throw new EdgecError('E_TENSOR_DTYPE', 'the bias of integers is of another type', {
      expected: 'int32',
      found: bias.dtype,
      where: 'bias',
    });
  }
  const stored = bias ?? tensor('int32', [channels]);
  const params = {
    inputZeroPoint: x.zeroPoint[0],
    weightZeroPoint: w.zeroPoint[0],
    outputZeroPoint: y.zeroPoint[0],
    ...integerBounds(y, clamp.clampMin, clamp.clampMax),
  };
  proveAccumulator(weight, stored, params.inputZeroPoint, params.weightZeroPoint, channelOf);
  const plain = tensor('int32', [channels], stored.data);
  return { bias: plain, multiplier: tensor('float32', [channels], multiplier), params };
}
