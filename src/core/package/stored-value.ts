import { dtypes, elementCount, type QuantParams, type TensorType } from '../tensor.ts';
import type { WordReader } from './word-reader.ts';

const maxRank = 8;
const maxElements = 2 ** 31;

/** A value as the graph section has it. `offset` is the place of a constant in the data section. */
export interface StoredValue {
  readonly type: TensorType;
  readonly offset?: number;
}

function readQuant(r: WordReader): QuantParams | undefined {
  const count = r.next();
  if (count === 0) return undefined;
  if (count < 0) throw r.fail('negative count of scales');
  const axis = r.next();
  const scale = Array.from(new Float32Array(r.slice(count).slice().buffer));
  const zeroPoint = Array.from(r.slice(count));
  return axis < 0 ? { scale, zeroPoint } : { scale, zeroPoint, axis };
}

/** Reads a value. Throws E_PACKAGE_CORRUPT. */
export function readValue(r: WordReader): StoredValue {
  const dtype = dtypes[r.next()];
  const rank = r.next();
  if (!dtype || rank < 0 || rank > maxRank) throw r.fail('bad type of a value');
  const shape = Array.from(r.slice(rank));
  if (shape.some((d) => d < 0) || elementCount(shape) > maxElements) throw r.fail('bad shape of a value');
  const offset = r.next() === 1 ? r.long() : undefined;
  const quant = readQuant(r);
  const type: TensorType = quant ? { dtype, shape, quant } : { dtype, shape };
  return offset === undefined ? { type } : { type, offset };
}

/** Reads on behind a value. Throws E_PACKAGE_CORRUPT. */
export function skipValue(r: WordReader): void {
  r.next();
  r.slice(r.next());
  if (r.next() === 1) r.long();
  const scales = r.next();
  if (scales !== 0) r.slice(1 + 2 * scales);
}
