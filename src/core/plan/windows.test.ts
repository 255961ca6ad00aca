import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkWindows,
  fromWindows,
  invertedPlace,
  isInverted,
  type Windows,
  windowDepth,
  windowExtent,
  windowIndex,
  windowsFit,
} from '../package/windows.ts';
import { Random } from '../random.ts';
import { type TensorType, tensor } from '../tensor.ts';
import { type Cutting, fastestWindows, makeWindows } from './windows.ts';

const whole = { groups: 1, runs: 1, zeroPoint: 0 };

const size = (max: number) => fc.integer({ min: 1, max });

/** Many small weights and few large ones, as training leaves them; `spread` 1 makes all sizes as frequent, 0 all as large. */
function drawn(count: number, spread: number, seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const unit = 2 * random.uniform() - 1;
    return Math.round(127 * Math.sign(unit) * Math.abs(unit) ** spread);
  });
}

const single = { width: 1, inverts: true };
const wide = { width: 8, inverts: true };
const plain = { width: 8, inverts: false };

const cases = fc.record({
  groups: size(3),
  perGroup: size(20),
  runs: size(4),
  depth: size(30),
  spread: fc.constantFrom(1, 3, 5),
  zeroPoint: fc.constantFrom(0, 3, -128, 127),
  cutting: fc.constantFrom(single, wide, plain),
  seed: fc.nat(),
});

test('windows sum up to the weights, and no lane of a window or a pair saturates', () => {
  fc.assert(
    fc.property(cases, ({ groups, perGroup, runs, depth, spread, zeroPoint, cutting, seed }) => {
      const shape = [groups * perGroup, runs, depth];
      const value = tensor('int8', shape, drawn(shape[0] * runs * depth, spread, seed));
      const windows = makeWindows(value, { groups, runs, zeroPoint }, cutting);
      expect(windowsFit(value, windows)).toBe(true);
      checkWindows(value, windows);
      expect(fromWindows(value, windows)).toEqual(value.data);
      const { sums, counts } = windowIndex(value, windows, windows.index);
      const column = value.data.slice(0, runs * depth) as Int8Array;
      expect(sums[0]).toBe(column.reduce((a, b) => a + b - zeroPoint, 0));
      const row = drawn(runs * depth, 1, seed + 1).map((v) => v + 128);
      expect(productOf(value, windows, row)).toBe(
        column.reduce((a, b, k) => a + (b - zeroPoint) * row[k], 0),
      );
      let window = 0;
      for (let b = 0; b < counts.length; b += 2)
        for (let i = 0; i < counts[b] + counts[b + 1]; i++) {
          const together = i < counts[b] ? 2 : 1;
          const bytes = cutting.width * windowDepth;
          const pair = windows.weights.subarray(window * bytes, (window + together) * bytes);
          expect(saturates(pair, bytes)).toBe(false);
          window += together;
        }
    }),
  );
});

/** The product of the first column with a row, as kernels compute it. */
function productOf(type: TensorType, windows: Windows, row: readonly number[]): number {
  const { inverted, counts, places } = windowIndex(type, windows, windows.index);
  const { depth } = windowExtent(type, windows, windows.width);
  let sum = 0 - 255 * inverted[0];
  for (let i = 0; i < 2 * counts[0] + counts[1]; i++)
    for (let byte = 0; byte < windowDepth; byte++) {
      const place = (places[i] % invertedPlace) + byte;
      const x = row[place] ?? 0;
      const inverts = isInverted(places[i]) && (place % depth) % 2 === 1;
      sum += windows.weights[i * windows.width * windowDepth + byte] * (inverts ? 255 - x : x);
    }
  return sum;
}

/** Whether the weights of a lane of windows of so many bytes that are added have sums of one sign beyond 128. */
function saturates(windows: Int8Array, bytes: number): boolean {
  const sums = new Int32Array(bytes);
  for (const [i, w] of windows.entries()) sums[((i % bytes) & ~1) + (w < 0 ? 1 : 0)] += Math.abs(w);
  return sums.some((sum) => sum > 128);
}

test.each([plain, wide])(
  'most windows of trained weights are pairs, and few weights come twice: %o',
  (cutting) => {
    const value = tensor('int8', [64, 1, 1024], drawn(65536, 5, 1));
    const windows = makeWindows(value, whole, cutting);
    const { counts } = windowIndex(value, windows, windows.index);
    const singles = counts.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0);
    expect(singles).toBeLessThan(windows.count / 10);
    expect(windows.weights.length).toBeLessThan(1.25 * 65536);
  },
);

test('windows are inverted where columns are enough for what gathering takes', () => {
  const trained = tensor('int8', [64, 1, 1024], drawn(65536, 5, 1));
  expect(fastestWindows(trained, whole, 64)).toEqual(makeWindows(trained, whole, plain));
  const many = tensor('int8', [256, 1, 256], drawn(65536, 3, 1));
  expect(fastestWindows(many, whole, 64)).toEqual(makeWindows(many, whole, wide));
});

test('windows of single columns are for many rows of little depth, of which more fit together', () => {
  const value = tensor('int8', [64, 1, 64], drawn(4096, 1, 1));
  expect(fastestWindows(value, whole, 128)?.width).toBe(1);
  expect(fastestWindows(value, whole, 9)?.width).not.toBe(1);
});

const broken: [string, Cutting, (index: ReturnType<typeof windowIndex>) => void][] = [
  ['of single columns start at quads', single, ({ places }) => places.set([places[0] | 1])],
  ['lie inside their weights', wide, ({ places }) => places.set([64])],
  ['are as many as they are said to be', wide, ({ counts }) => counts.set([counts[0] + 1])],
];

test.each(broken)('windows %s', (_, cutting, change) => {
  const value = tensor('int8', [1, 1, 64], drawn(64, 1, 1));
  const windows = makeWindows(value, whole, cutting);
  checkWindows(value, windows);
  change(windowIndex(value, windows, windows.index));
  expect(() => checkWindows(value, windows)).toThrow('outside');
});

test('weights that are all large stay in panels, which are faster', () => {
  const value = tensor('int8', [64, 1, 1024], drawn(65536, 0, 1));
  expect(fastestWindows(value, whole, 64)).toBeUndefined();
});
