import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import type { TensorType } from '../tensor.ts';
import { transformWeights, winogradFits } from './winograd.ts';

/** A line of outputs from one of inputs, by the weights of its points. */
const lines = {
  2: {
    inputs: ([a, b, c, d]: number[]) => [a - c, b + c, c - b, b - d],
    outputs: ([p, q, r, s]: number[]) => [p + q + r, q - r - s],
  },
  4: {
    inputs: ([a, b, c, d, e, f]: number[]) => [
      4 * a - 5 * c + e,
      e - 4 * c + (d - 4 * b),
      e - 4 * c - (d - 4 * b),
      e - c + 2 * (d - b),
      e - c - 2 * (d - b),
      4 * b - 5 * d + f,
    ],
    outputs: ([p, q, r, s, t, u]: number[]) => [
      p + q + r + s + t,
      q - r + 2 * (s - t),
      q + r + 4 * (s + t),
      q - r + 8 * (s - t) + u,
    ],
  },
} as const;

const transposed = (m: number[][]): number[][] => m[0].map((_, j) => m.map((row) => row[j]));
const both = (line: (values: number[]) => number[], m: number[][]): number[][] =>
  transposed(transposed(m.map(line)).map(line));

test.each([2, 4] as const)('transformed weights filter squares of %i as the weights do', (side) => {
  const random = new Random(5);
  const [columns, channels, points] = [18, 3, side + 2];
  const type: TensorType = { dtype: 'float32', shape: [columns, 3, 3, channels] };
  const weights = Float32Array.from({ length: columns * 9 * channels }, () => random.normal());
  const stored = transformWeights(type, side, weights);
  const image = Array.from({ length: points }, () => Array.from({ length: points }, () => random.normal()));
  const input = both(lines[side].inputs, image);
  for (let n = 0; n < columns; n++) {
    for (let c = 0; c < channels; c++) {
      const at = (point: number): number =>
        stored[point * 32 * channels + Math.floor(n / 16) * 16 * channels + c * 16 + (n % 16)];
      const products = input.map((row, py) => row.map((v, px) => v * at(py * points + px)));
      const found = both(lines[side].outputs, products);
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          let sum = 0;
          for (let t = 0; t < 9; t++)
            sum += image[y + Math.floor(t / 3)][x + (t % 3)] * weights[(9 * n + t) * channels + c];
          expect(found[y][x]).toBeCloseTo(sum, 4);
        }
    }
  }
});

test('weights of 3×3 can be filtered in float, and in int8 whose panels have pairs of channels', () => {
  const float = { dtype: 'float32', shape: [2, 3, 3, 2] } as const;
  const int8 = { ...float, dtype: 'int8' } as const;
  const panels = { groups: 1, runs: 3, unit: 2 };
  expect(winogradFits(float, 4)).toBe(true);
  expect(winogradFits(float, 3)).toBe(false);
  expect(winogradFits(float, 4, { ...panels, unit: 1 })).toBe(false);
  expect(winogradFits({ ...float, shape: [2, 3, 1, 2] }, 4)).toBe(false);
  expect(winogradFits({ ...float, shape: [0, 3, 3, 2] }, 4)).toBe(false);
  expect(winogradFits(int8, 4, panels)).toBe(true);
  expect(winogradFits(int8, 4)).toBe(false);
  expect(winogradFits(int8, 4, { ...panels, runs: 9 })).toBe(false);
  expect(winogradFits(int8, 4, { ...panels, groups: 2 })).toBe(false);
  expect(winogradFits({ ...int8, shape: [2, 3, 3, 3] }, 4, panels)).toBe(false);
});
