import { activationParams, type Range } from '../quantize/index.ts';

const binCount = 2048;

/** Counts of values over a range known beforehand. */
export class Histogram {
  readonly range: Range;
  readonly bins = new Float64Array(binCount);
  readonly #width: number;

  constructor(range: Range) {
    this.range = range;
    this.#width = (range.max - range.min) / binCount || 1;
  }

  add(values: Float32Array): void {
    const { min } = this.range;
    const perBin = 1 / this.#width;
    for (let i = 0; i < values.length; i++) {
      const bin = ((values[i] - min) * perBin) | 0;
      this.bins[bin < 0 ? 0 : bin >= binCount ? binCount - 1 : bin]++;
    }
  }

  center(bin: number): number {
    return this.range.min + (bin + 0.5) * this.#width;
  }
}

/** The range that leaves out `share` of the values at each end. */
export function percentileRange(histogram: Histogram, share: number): Range {
  const { bins, range } = histogram;
  const limit = bins.reduce((n, c) => n + c, 0) * share;
  let low = 0;
  for (let seen = bins[0]; seen <= limit && low < binCount - 1; seen += bins[low]) low++;
  let high = binCount - 1;
  for (let seen = bins[high]; seen <= limit && high > low; seen += bins[high]) high--;
  const width = (range.max - range.min) / binCount;
  return { min: range.min + low * width, max: range.min + (high + 1) * width };
}

/** Squared error of the histogram's values when int8 covers `range`. */
function squaredError(histogram: Histogram, range: Range): number {
  const { scale, zeroPoint } = activationParams(range);
  const low = scale[0] * (-128 - zeroPoint[0]);
  const high = scale[0] * (127 - zeroPoint[0]);
  let error = 0;
  for (let i = 0; i < binCount; i++) {
    if (histogram.bins[i] === 0) continue;
    const x = histogram.center(i);
    const outside = x < low ? low - x : x > high ? x - high : 0;
    error += histogram.bins[i] * (outside * outside + (scale[0] * scale[0]) / 12);
  }
  return error;
}

/** Kullback-Leibler divergence between the values and what 256 steps over `range` make of them. */
function divergence(histogram: Histogram, range: Range): number {
  const { scale, zeroPoint } = activationParams(range);
  const mass = new Float64Array(256);
  const occupied = new Float64Array(256);
  const level = new Uint8Array(binCount);
  for (let i = 0; i < binCount; i++) {
    level[i] = Math.max(0, Math.min(255, Math.round(histogram.center(i) / scale[0] + zeroPoint[0]) + 128));
    mass[level[i]] += histogram.bins[i];
    const inside = histogram.center(i) >= range.min && histogram.center(i) <= range.max;
    if (histogram.bins[i] > 0 && inside) occupied[level[i]]++;
  }
  let sum = 0;
  const total = histogram.bins.reduce((n, c) => n + c, 0);
  for (let i = 0; i < binCount; i++) {
    const p = histogram.bins[i] / total;
    if (p > 0) sum += p * Math.log((p * Math.max(1, occupied[level[i]]) * total) / mass[level[i]]);
  }
  return sum;
}

/** Searches ranges shrunk from the observed one, each end on its own, for the least `loss`. */
function search(histogram: Histogram, loss: (h: Histogram, r: Range) => number): Range {
  const { min, max } = histogram.range;
  let best: Range = histogram.range;
  let least = loss(histogram, best);
  for (let high = 1; high > 0.3; high -= 0.02) {
    for (let low = 1; low > 0.3; low -= min < 0 ? 0.02 : 1) {
      const range = { min: Math.min(min, 0) * low, max: max * high };
      const found = loss(histogram, range);
      if (found < least) [best, least] = [range, found];
    }
  }
  return best;
}

export const mseRange = (histogram: Histogram): Range => search(histogram, squaredError);
export const entropyRange = (histogram: Histogram): Range => search(histogram, divergence);
