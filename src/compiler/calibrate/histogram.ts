import type { Range } from '../quantize/index.ts';

export const binCount = 2048;

/** Counts of values in bins of equal width over a range known beforehand. Exact zeros are counted apart. */
export class Histogram {
  readonly range: Range;
  readonly width: number;
  readonly bins = new Float64Array(binCount);
  /** Every int8 range holds zero without an error: they say nothing about where a range should end. */
  zeros = 0;

  constructor(range: Range) {
    this.range = range;
    this.width = (range.max - range.min) / binCount;
  }

  add(values: Float32Array): void {
    const { min } = this.range;
    const perBin = this.width > 0 ? 1 / this.width : 0;
    for (let i = 0; i < values.length; i++) {
      if (values[i] === 0) this.zeros++;
      else {
        const bin = ((values[i] - min) * perBin) | 0;
        this.bins[bin < 0 ? 0 : bin >= binCount ? binCount - 1 : bin]++;
      }
    }
  }

  center(bin: number): number {
    return this.range.min + (bin + 0.5) * this.width;
  }

  /** The range that bins [first, last] cover. */
  rangeOf(first: number, last: number): Range {
    return { min: this.range.min + first * this.width, max: this.range.min + (last + 1) * this.width };
  }
}
