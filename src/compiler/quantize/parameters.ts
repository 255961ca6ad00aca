import { f32, type QuantParams, rne, type Tensor, tensor } from '../../core/index.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Smallest step that keeps every derived multiplier a normal binary32. */
const minScale = 2 ** -40;

/** Asymmetric int8 parameters of a range, widened to hold zero exactly. */
export function activationParams({ min, max }: Range): QuantParams {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  const scale = Math.max(f32((high - low) / 255), minScale);
  const zeroPoint = Math.max(-128, Math.min(127, rne(-128 - low / scale)));
  return { scale: [scale], zeroPoint: [zeroPoint] };
}

export function quantizeActivation(values: ArrayLike<number>, { scale, zeroPoint }: QuantParams): Int8Array {
  return Int8Array.from(values, (v) => Math.max(-128, Math.min(127, rne(f32(v / scale[0])) + zeroPoint[0])));
}

export interface AccumulateOperands {
  weight: Tensor;
  bias?: Tensor;
}

/** Of each channel along `axis`: the greatest magnitude. Without an axis: of the tensor. */
function peaks(weight: Tensor, axis: number | undefined): Float64Array {
  const data = weight.data as Float32Array;
  const channels = axis === undefined ? 1 : weight.shape[axis];
  const inner = axis === undefined ? data.length : weight.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const peak = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / inner) % channels;
    peak[c] = Math.max(peak[c], Math.abs(data[i]));
  }
  return peak;
}

/**
 * Symmetric int8 weights in [-127, 127] and an int32 bias at scale f32(inputScale · weightScale).
 * A channel's scale grows where its bias would leave 2^29, so that the accumulator keeps its proof.
 */
export function quantizeAccumulate(
  weight: Tensor,
  bias: Tensor | undefined,
  inputScale: number,
  axis: number | undefined,
): AccumulateOperands {
  const peak = peaks(weight, axis);
  const biasData = bias?.data as Float32Array | undefined;
  const scale = Array.from(peak, (p, c) => {
    const biasPeak = axis === undefined ? maxMagnitude(biasData) : Math.abs(biasData?.[c] ?? 0);
    return f32(Math.max(p / 127, biasPeak / (inputScale * 2 ** 29), 2 ** -24 / Math.max(1, inputScale)));
  });
  const data = weight.data as Float32Array;
  const inner = axis === undefined ? data.length : weight.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const stored = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const s = scale[Math.floor(i / inner) % scale.length];
    stored[i] = Math.max(-127, Math.min(127, rne(data[i] / s)));
  }
  const zeroPoint = scale.map(() => 0);
  const quant = axis === undefined ? { scale, zeroPoint } : { scale, zeroPoint, axis };
  const quantised = tensor('int8', weight.shape, stored, quant);
  return biasData && bias
    ? { weight: quantised, bias: quantizeBias(bias, inputScale, scale) }
    : { weight: quantised };
}

function quantizeBias(bias: Tensor, inputScale: number, weightScale: readonly number[]): Tensor {
  const data = bias.data as Float32Array;
  const scale = Array.from(data, (_, c) => f32(inputScale * weightScale[c % weightScale.length]));
  const stored = Int32Array.from(data, (b, c) => rne(b / scale[c]));
  const perTensor = weightScale.length === 1;
  const quant: QuantParams = perTensor
    ? { scale: [scale[0] ?? 1], zeroPoint: [0] }
    : { scale, zeroPoint: scale.map(() => 0), axis: 0 };
  return tensor('int32', bias.shape, stored, quant);
}

function maxMagnitude(data: Float32Array | undefined): number {
  let peak = 0;
  for (const v of data ?? []) peak = Math.max(peak, Math.abs(v));
  return peak;
}
