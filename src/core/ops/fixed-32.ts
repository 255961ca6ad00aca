/** The 32-bit fixed point of TFLite's reference kernels, which the int16 ops are made of. */

import { EdgecError } from '../errors.ts';

/** A ratio as multiplier · 2^(shift − 31), the multiplier in [2^30, 2^31), or 0. */
export interface Scaling {
  multiplier: number;
  shift: number;
}

/** Beyond it an int16 value leaves the 32 bits of the product. */
const largestShift = 14;

/** `ratio` in 31 bits. Throws E_NUMERICS_SCALE for one that no type has room for. */
export function scalingOf(ratio: number): Scaling {
  if (ratio === 0) return { multiplier: 0, shift: 0 };
  let shift = Math.floor(Math.log2(ratio)) + 1;
  if (ratio / 2 ** shift >= 1) shift++;
  let multiplier = Math.round((ratio / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier = 2 ** 30;
    shift++;
  }
  if (!(shift <= largestShift)) {
    throw new EdgecError('E_NUMERICS_SCALE', 'a ratio of scales is too large', {
      expected: `below 2^${largestShift}`,
      found: `${ratio}`,
    });
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

const wrap32 = (v: number): number => v | 0;

/** x · m · 2^−31 of 32-bit numbers, rounded half away from zero as the nudge of gemmlowp does, saturating. */
function doublingHigh(x: number, m: number): number {
  if (x === -(2 ** 31) && m === -(2 ** 31)) return 2 ** 31 - 1;
  const product = BigInt(x) * BigInt(m);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return Number((product + nudge) / (1n << 31n));
}

/** x · 2^−bits, rounded half away from zero. */
function roundingShift(x: number, bits: number): number {
  const mask = 2 ** bits - 1;
  const rest = Number(BigInt.asUintN(bits, BigInt(x)));
  const threshold = Math.floor(mask / 2) + (x < 0 ? 1 : 0);
  return Math.floor(x / 2 ** bits) + (rest > threshold ? 1 : 0);
}

/** A 32-bit number scaled, rounded twice. */
export const scale32 = (x: number, { multiplier, shift }: Scaling): number =>
  roundingShift(doublingHigh(wrap32(x * 2 ** Math.max(0, shift)), multiplier), Math.max(0, -shift));

/** A sum of up to 47 bits scaled by the upper 16 bits of the multiplier, rounded half up. */
export function scale64(x: number, { multiplier, shift }: Scaling): number {
  const reduced = multiplier < 0x7fff0000 ? (multiplier + 2 ** 15) >> 16 : 0x7fff;
  const bits = BigInt(15 - shift);
  return Number((BigInt(x) * BigInt(reduced) + (1n << (bits - 1n))) >> bits);
}

export const saturate16 = (v: number): number => Math.max(-32768, Math.min(32767, v));
