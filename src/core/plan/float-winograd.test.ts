import { expect, test } from 'vitest';
import { floatWinogradSide } from './float-winograd.ts';

test.each([
  ['weights that stay near', 64, 56, 4],
  ['few results, which fill squares of 4 badly', 64, 6, 2],
  ['weights beyond a cache that save much', 128, 28, 4],
  ['weights of which only the smaller ones save enough', 256, 14, 2],
  ['weights that take more than they save', 512, 7, undefined],
  ['too few channels', 3, 56, undefined],
])('%s: %i channels over a square of %i are filtered by squares of %s', (_, channels, size, side) => {
  const weights = { dtype: 'float32', shape: [channels, 3, 3, channels] } as const;
  const y = { dtype: 'float32', shape: [1, size, size, channels] } as const;
  expect(floatWinogradSide(weights, y)).toBe(side);
});
