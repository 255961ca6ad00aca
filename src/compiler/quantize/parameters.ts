import { elementCount, f32, type QuantParams, rne, type Tensor, tensor } from '../../core/index.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The range of the elements of a float tensor and zero. */
export function rangeOf(constant: Tensor): Range {
  let min = 0;
  let max = 0;
  for (const v of constant.data as Float32Array) {
    min = Math.min(min, v);
    max = Math.max(max, v);
  }
  return { min, max };
}

/** Smallest step that keeps every derived multiplier a normal binary32. */
const minScale = 2 ** -40;

/** Asymmetric int8 parameters of a range, widened to hold zero exactly, of a scale of at least `leastScale`. */
export function activationParams({ min, max }: Range, leastScale = minScale): QuantParams {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  const scale = Math.max(f32((high - low) / 255), leastScale);
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

/** The channel along `axis` of each element of a tensor, by the element's index. */
function channelsAlong(shape: readonly number[], axis: number): (index: number) => number {
  const inner = elementCount(shape.slice(axis + 1));
  return (index) => Math.floor(index / inner) % shape[axis];
}

/** The scale of each channel of weights: it grows where the bias would leave 2^29, so that the accumulator keeps its proof. */
export function weightScales(
  weight: Tensor,
  bias: Tensor | undefined,
  inputScale: number,
  axis: number,
): number[] {
  const data = weight.data as Float32Array;
  const channelOf = channelsAlong(weight.shape, axis);
  const peaks = new Float64Array(weight.shape[axis]);
  for (let i = 0; i < data.length; i++)
    peaks[channelOf(i)] = Math.max(peaks[channelOf(i)], Math.abs(data[i]));
  const biasData = bias?.data as Float32Array | undefined;
  return Array.from(peaks, (peak, c) => {
    const biasPeak = Math.abs(biasData?.[c] ?? 0);
    return f32(Math.max(peak / 127, biasPeak / (inputScale * 2 ** 29), 2 ** -24 / Math.max(1, inputScale)));
  });
}

/**
 * Symmetric int8 weights in [-127, 127] with one scale for each channel along `axis`, and an int32 bias at scale
 * f32(inputScale · weightScale).
 */
export function quantizeAccumulate(
  weight: Tensor,
  bias: Tensor | undefined,
  inputScale: number,
  axis: number,
): AccumulateOperands {
  const data = weight.data as Float32Array;
  const channelOf = channelsAlong(weight.shape, axis);
  const scale = weightScales(weight, bias, inputScale, axis);
  const stored = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++)
    stored[i] = Math.max(-127, Math.min(127, rne(data[i] / scale[channelOf(i)])));
  const quantised = tensor('int8', weight.shape, stored, { scale, zeroPoint: scale.map(() => 0), axis });
  return bias ? { weight: quantised, bias: quantizeBias(bias, inputScale, scale) } : { weight: quantised };
}

function quantizeBias(bias: Tensor, inputScale: number, weightScale: readonly number[]): Tensor {
  const scale = weightScale.map((s) => f32(inputScale * s));
  const stored = Int32Array.from(bias.data as Float32Array, (b, c) => rne(b / scale[c]));
  return tensor('int32', bias.shape, stored, { scale, zeroPoint: scale.map(() => 0), axis: 0 });
}
