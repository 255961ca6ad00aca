import type { Tensor } from '../core/index.ts';

/** The real values of an output: dequantised where it has parameters for the whole tensor, else as they are. */
export function outputValues({ data, quant }: Tensor): ArrayLike<number> {
  if (data instanceof BigInt64Array) return Array.from(data, Number);
  if (quant?.scale.length !== 1) return data;
  const scale = Math.fround(quant.scale[0]);
  const zero = quant.zeroPoint[0];
  return Float32Array.from(data, (q) => (q - zero) * scale);
}

/** The elements of an output as numbers of the same order: quantised ones stay integers. */
export const comparableValues = ({ data }: Tensor): ArrayLike<number> =>
  data instanceof BigInt64Array ? Array.from(data, Number) : data;
