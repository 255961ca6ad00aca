import type { Random } from '../../../src/core/index.ts';

/** Integers at which checks go wrong. */
const integers = [
  0,
  1,
  -1,
  2,
  3,
  4,
  7,
  8,
  16,
  64,
  127,
  128,
  -128,
  255,
  256,
  1024,
  4097,
  32767,
  65535,
  65536,
  1e6,
  2 ** 24,
  2 ** 30,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  2 ** 62,
  -(2 ** 63),
];

const reals = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  1e-45,
  1e-38,
  1e38,
  3.4e38,
  -3.4e38,
  65504,
  1e-7,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

/** Another integer in place of `value`: near it, small, or telling. */
export function anotherInteger(random: Random, value: number): number {
  const kind = random.int(0, 5);
  if (kind === 0) return value + random.pick([-2, -1, 1, 2]);
  if (kind === 1) return random.pick([value * 2, -value, value >> 1]);
  if (kind < 4) return random.int(-2, 9);
  return random.pick(integers);
}

export const anotherReal = (random: Random, value: number): number =>
  random.int(0, 3) === 0 ? value * random.pick([-1, 0.5, 1024]) : random.pick(reals);
