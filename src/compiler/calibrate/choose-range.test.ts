import { expect, it } from 'vitest';
import { Random } from '../../core/index.ts';
import { entropyRange, mseRange, percentileRange } from './choose-range.ts';
import { Histogram } from './histogram.ts';

function histogramOf(values: readonly number[], min: number, max: number): Histogram {
  const histogram = new Histogram({ min, max });
  histogram.add(Float32Array.from(values));
  return histogram;
}

const ramp = (count: number, min: number, max: number): number[] =>
  Array.from({ length: count }, (_, i) => min + ((i + 0.5) * (max - min)) / count);

it('keeps the whole range of evenly spread values', () => {
  const histogram = histogramOf(ramp(20_480, -4, 12), -4, 12);
  for (const choose of [mseRange, entropyRange]) expect(choose(histogram)).toEqual({ min: -4, max: 12 });
});

it('weighs a lone value against the rounding of all others', () => {
  const others = 100_000;
  const rounding = others / (12 * 255 ** 2);
  const least = (8 - rounding) / (1 + rounding);
  const up = mseRange(histogramOf([...ramp(others, -1, 1), 8], -1, 8));
  expect(Math.abs(up.min + 1)).toBeLessThan(0.05);
  expect(Math.abs(up.max - least)).toBeLessThan(0.2);
  const down = mseRange(histogramOf([...ramp(others, -1, 1), -8], -8, 1));
  expect(Math.abs(down.max - 1)).toBeLessThan(0.05);
  expect(Math.abs(down.min + least)).toBeLessThan(0.2);
});

it('gives every bin of the bulk a level where that loses least', () => {
  const histogram = new Histogram({ min: 0, max: 2048 });
  for (let i = 0; i < 256; i++) histogram.bins[i] = i % 2 ? 3 : 1;
  histogram.bins[2047] = 1;
  const { min, max } = entropyRange(histogram);
  expect(min).toBe(0);
  expect(max).toBeGreaterThanOrEqual(256);
  expect(max).toBeLessThan(256 + 2048 / 48);
});

it('cuts into the tails of normal values, but not into their bulk', () => {
  const random = new Random(3);
  const values = Array.from({ length: 200_000 }, () => random.normal());
  const peak = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const histogram = histogramOf(values, -peak, peak);
  for (const choose of [mseRange, entropyRange]) {
    const { min, max } = choose(histogram);
    expect(max).toBeGreaterThan(2.5);
    expect(max).toBeLessThan(peak);
    expect(min).toBeLessThan(-2.5);
  }
});

it('is not swayed by the exact zeros that a Relu leaves', () => {
  const values = ramp(20_480, 0, 6);
  const sparse = [...values, ...new Array<number>(1_000_000).fill(0)];
  for (const choose of [mseRange, entropyRange])
    expect(choose(histogramOf(sparse, 0, 6))).toEqual(choose(histogramOf(values, 0, 6)));
});

it('leaves out a share of the values at each end', () => {
  const histogram = histogramOf(ramp(2048, 0, 2048), 0, 2048);
  expect(percentileRange(histogram, 10 / 2048)).toEqual({ min: 10, max: 2038 });
  expect(percentileRange(histogram, 0)).toEqual({ min: 0, max: 2048 });
});

it('takes values that are all alike, or all zero', () => {
  for (const choose of [mseRange, entropyRange, (h: Histogram) => percentileRange(h, 1e-4)]) {
    expect(choose(histogramOf([3, 3], 3, 3))).toEqual({ min: 3, max: 3 });
    expect(choose(histogramOf([0, 0], 0, 0))).toEqual({ min: 0, max: 0 });
  }
});
