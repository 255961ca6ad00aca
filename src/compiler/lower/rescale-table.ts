import { f32, type QuantParams, rne, type Tensor, tensor } from '../../core/index.ts';

/**
 * The 256 bytes that move an int8 value from one pair of parameters to another (docs/numerics.md, section 4).
 * Concat computes in binary32, everything else in binary64.
 */
export function rescaleTable(from: QuantParams, to: QuantParams, concat: boolean): Tensor {
  const ratio = f32(from.scale[0] / to.scale[0]);
  const table = new Int8Array(256);
  for (let q = -128; q < 128; q++) {
    const real = q - from.zeroPoint[0];
    const scaled = concat ? f32(real * ratio) : (from.scale[0] * real) / to.scale[0];
    table[q + 128] = Math.max(-128, Math.min(127, to.zeroPoint[0] + rne(scaled)));
  }
  return tensor('int8', [256], table);
}
