import { expect, test } from 'vitest';
import { mostWeight } from '../package/winograd.ts';
import { tensor } from '../tensor.ts';
import { int8WinogradSide } from './int8-winograd.ts';

const sideOf = (columns: number, channels: number, size: number, weight: number, isa = 'x86_avx2') => {
  const weights = tensor(
    'int8',
    [columns, 3, 3, channels],
    new Int8Array(9 * columns * channels).fill(weight),
  );
  return int8WinogradSide(weights, { dtype: 'int8', shape: [1, size, size, columns] }, isa);
};

test.each([
  ['many results', 64, 56, 4],
  ['few channels', 16, 32, 4],
  ['few results of many channels', 512, 7, 4],
  ['few results, which fill squares of 4 badly', 64, 6, 2],
  ['results that are fewer than weights are worth', 512, 2, undefined],
  ['channels that do not come in pairs', 63, 56, undefined],
  ['too few channels', 4, 56, undefined],
])('%s: %i channels over a square of %i are filtered by squares of %s', (_, channels, size, side) => {
  expect(sideOf(channels, channels, size, 3)).toBe(side);
});

test.each([1, -1])('sums that squares of 4 could take out of an int32 take squares of 2: sign %i', (sign) => {
  const channels = 2 * Math.floor(mostWeight(4) / 9 / 127 / 2);
  expect(sideOf(64, channels, 28, sign * 127)).toBe(4);
  expect(sideOf(64, channels + 2, 28, sign * 127)).toBe(2);
});

test('the bounds are the largest whose sums of bytes are left whole', () => {
  for (const side of [2, 4] as const) {
    const scale = side === 2 ? 4 : 64;
    expect(255 * mostWeight(side) * scale).toBeLessThan(2 ** 31);
    expect(255 * (mostWeight(side) + 1) * scale).toBeGreaterThanOrEqual(2 ** 31 - scale);
  }
});

test.each([
  ['x86_avxvnni', 4],
  ['x86_avx512vnni', 4],
  ['arm64_neon', 4],
  ['arm64_dotprod', undefined],
  ['scalar', undefined],
])('%s filters many channels by squares of %s', (isa, side) => {
  expect(sideOf(64, 64, 56, 3, isa)).toBe(side);
});
