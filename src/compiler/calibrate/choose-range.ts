import { activationParams, type Range } from '../quantize/index.ts';
import { binCount, type Histogram } from './histogram.ts';

/** The range that leaves out at most `share` of the values at each end. */
export function percentileRange(histogram: Histogram, share: number): Range {
  const { bins, zeros, range } = histogram;
  const limit = (total(bins) + zeros) * share;
  let low = 0;
  for (let seen = bins[0]; seen <= limit && low < binCount - 1; seen += bins[low]) low++;
  let high = binCount - 1;
  for (let seen = bins[high]; seen <= limit && high > low; seen += bins[high]) high--;
  return low === 0 && high === binCount - 1 ? range : histogram.rangeOf(low, high);
}

/** The range of the least squared error. */
export const mseRange = (histogram: Histogram): Range => search(histogram, squaredError);

/**
 * The range of the least Kullback-Leibler divergence of the values from their int8 form.
 * Source: S. Migacz, 8-bit inference with TensorRT (GTC 2017), for ranges whose ends move on their own.
 */
export const entropyRange = (histogram: Histogram): Range => search(histogram, divergence);

/** A window of bins, both ends included. */
interface Window {
  readonly first: number;
  readonly last: number;
}

type Loss = (histogram: Histogram, window: Window) => number;

const int8Levels = 256;
const steps = 48;

/** Moves one end of the window after the other to where the loss is least, until neither moves. Zero stays inside. */
function search(histogram: Histogram, loss: Loss): Range {
  const { range, width } = histogram;
  const zero = width > 0 ? Math.max(0, Math.min(binCount - 1, Math.floor(-range.min / width))) : 0;
  const lows = ends(0, zero);
  const highs = ends(binCount - 1, zero);
  let best: Window = { first: 0, last: binCount - 1 };
  let least = loss(histogram, best);
  const descend = (candidates: readonly Window[]): boolean => {
    const before = best;
    for (const window of candidates) {
      if (window.last - window.first + 1 < int8Levels) continue;
      const found = loss(histogram, window);
      if (found < least) [best, least] = [window, found];
    }
    return best !== before;
  };
  const moved = () => [
    descend(highs.map((last) => ({ first: best.first, last }))),
    descend(lows.map((first) => ({ first, last: best.last }))),
  ];
  while (moved().includes(true));
  return best.first === 0 && best.last === binCount - 1 ? range : histogram.rangeOf(best.first, best.last);
}

/** Bins from one end of the histogram towards `zero`, evenly spread. */
const ends = (end: number, zero: number): number[] => [
  ...new Set(Array.from({ length: steps }, (_, i) => end + Math.round(((zero - end) * i) / steps))),
];

/** Squared error when int8 covers the window: rounding inside, distance outside. */
function squaredError(histogram: Histogram, { first, last }: Window): number {
  const { scale, zeroPoint } = activationParams(histogram.rangeOf(first, last));
  const low = scale[0] * (-128 - zeroPoint[0]);
  const high = scale[0] * (127 - zeroPoint[0]);
  let inside = 0;
  let error = 0;
  for (let i = 0; i < binCount; i++) {
    const x = histogram.center(i);
    if (x >= low && x <= high) inside += histogram.bins[i];
    else error += histogram.bins[i] * (x < low ? low - x : x - high) ** 2;
  }
  return error + (inside * scale[0] * scale[0]) / 12;
}

/**
 * Divergence of the values, with those outside the window in its outermost bins, from what 256 levels make of the values
 * inside alone: each level's mass spread evenly over its bins that hold some. A bin that only clipped values fill counts
 * as half a value there.
 */
function divergence({ bins }: Histogram, { first, last }: Window): number {
  const count = last - first + 1;
  const levelOf = (i: number): number => Math.floor(((i - first) * int8Levels) / count);
  const mass = new Float64Array(int8Levels);
  const occupied = new Float64Array(int8Levels);
  for (let i = first; i <= last; i++) {
    mass[levelOf(i)] += bins[i];
    if (bins[i] > 0) occupied[levelOf(i)]++;
  }
  const all = total(bins);
  const inside = total(mass);
  if (inside === 0) return Number.POSITIVE_INFINITY;
  const below = total(bins.subarray(0, first));
  const above = total(bins.subarray(last + 1));
  let sum = 0;
  for (let i = first; i <= last; i++) {
    const clipped = (i === first ? below : 0) + (i === last ? above : 0);
    const p = (bins[i] + clipped) / all;
    const q = (bins[i] > 0 ? mass[levelOf(i)] / occupied[levelOf(i)] : 0.5) / inside;
    if (p > 0) sum += p * Math.log(p / q);
  }
  return sum;
}

function total(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
