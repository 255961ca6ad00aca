import { type DType, dtypes, EdgecError, elementBytes, type TypedArray } from '../core/index.ts';

/** Element types that data files may hold: those of tensors, and float64. */
export type StoredDType = DType | 'float64';
export type StoredArray = TypedArray | Float64Array;

export const storedDTypes: readonly StoredDType[] = [...dtypes, 'float64'];

/** An array as it lies in a file: no scaling, no layout change. */
export interface StoredTensor {
  readonly data: StoredArray;
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
}

export const storedBytes = (dtype: StoredDType): number => (dtype === 'float64' ? 8 : elementBytes(dtype));

const decoders: Record<StoredDType, (bytes: ArrayBuffer) => StoredArray> = {
  float32: (b) => new Float32Array(b),
  float64: (b) => new Float64Array(b),
  int8: (b) => new Int8Array(b),
  uint8: (b) => new Uint8Array(b),
  int16: (b) => new Int16Array(b),
  int32: (b) => new Int32Array(b),
  int64: (b) => new BigInt64Array(b),
  bool: (b) => new Uint8Array(b),
};

/**
 * A copy of `bytes` as elements of `dtype`.
 * Throws E_DATA_FORMAT where the bytes are no whole number of elements.
 */
export function decodeElements(
  bytes: Uint8Array,
  dtype: StoredDType,
  where: string,
  bigEndian = false,
): StoredArray {
  const size = storedBytes(dtype);
  if (bytes.length % size !== 0) {
    throw new EdgecError('E_DATA_FORMAT', 'the data ends inside an element', {
      expected: `a multiple of ${size} bytes for ${dtype}`,
      found: `${bytes.length} bytes`,
      where,
    });
  }
  const copy = new Uint8Array(bytes);
  if (bigEndian && size > 1) swapBytes(copy, size);
  return decoders[dtype](copy.buffer as ArrayBuffer);
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** The elements as little-endian bytes, without a copy. */
export const elementsAsBytes = (data: StoredArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Elements [from, to) of an array, as a view. */
export const sliceStored = (data: StoredArray, from: number, to: number): StoredArray =>
  data.subarray(from, to);
