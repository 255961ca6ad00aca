/** The 16-bit fixed point of TFLite's builtin kernels; tables of models from TFLite are filled with it. */

const largest = 32767;

/** m = multiplier · 2^(exponent − 15), the multiplier a 16-bit fraction in [½, 1). */
export interface FixedMultiplier {
  multiplier: number;
  exponent: number;
}

/** A positive ratio, rounded to 31 bits and then to 15 as TFLite does. */
export function fixedMultiplier(ratio: number): FixedMultiplier {
  let exponent = Math.floor(Math.log2(ratio)) + 1;
  let fraction = ratio / 2 ** exponent;
  if (fraction >= 1) {
    fraction /= 2;
    exponent++;
  }
  let wide = Math.round(fraction * 2 ** 31);
  if (wide === 2 ** 31) {
    wide = 2 ** 30;
    exponent++;
  }
  return { multiplier: Math.min(largest, Math.floor((wide + 2 ** 15) / 2 ** 16)), exponent };
}

const saturated = (v: number): number => Math.max(-largest - 1, Math.min(largest, v));

/** a · b · 2^−15, rounded half away from zero. */
export const roundingProduct = (a: number, b: number): number => {
  const product = a * b;
  return saturated(Math.trunc((product + (product >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15));
};

/** a · b · 2^−15, rounded towards zero. */
export const truncatedProduct = (a: number, b: number): number => saturated(Math.trunc((a * b) / 2 ** 15));

/** v · 2^bits with saturation; a right shift rounds half away from zero. */
export function shifted(v: number, bits: number): number {
  if (bits >= 0) return saturated(v * 2 ** bits);
  const scaled = Math.abs(v) / 2 ** -bits;
  return Math.sign(v) * Math.floor(scaled + 0.5);
}
