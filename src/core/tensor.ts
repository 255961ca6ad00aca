import { EdgecError } from './errors.ts';

/** Element types in the order of their ids in a package. */
export const dtypes = ['float32', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool'] as const;
export type DType = (typeof dtypes)[number];

export type TypedArray = Float32Array | Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array;

const arrayOf = {
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

export const elementBytes = (dtype: DType): number => arrayOf[dtype].BYTES_PER_ELEMENT;

/**
 * Affine quantisation of a value: real = scale · (stored − zeroPoint).
 * One entry for the whole tensor, or one for each index of `axis`. Scales are exact binary32.
 */
export interface QuantParams {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis?: number;
}

/** Type of a value. Spatial values are channels-last: [N, H, W, C]. All dimensions are known. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quant?: QuantParams;
}

/** A type with its elements, dense and row-major. int64 is used at the border only. */
export interface Tensor extends TensorType {
  readonly data: TypedArray;
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

export const tensorBytes = (type: TensorType): number => elementCount(type.shape) * elementBytes(type.dtype);

/** A tensor over `data`, or over zeros. Throws E_OP_SHAPE when the lengths differ. */
export function tensor(
  dtype: DType,
  shape: readonly number[],
  data?: TypedArray | ArrayLike<number>,
  quant?: QuantParams,
): Tensor {
  const count = elementCount(shape);
  const stored = data === undefined ? new arrayOf[dtype](count) : asTyped(dtype, data);
  if (stored.length !== count) {
    throw new EdgecError('E_OP_SHAPE', 'tensor data does not fill its shape', {
      expected: `${count} elements for [${shape}]`,
      found: `${stored.length}`,
    });
  }
  return quant ? { dtype, shape, data: stored, quant } : { dtype, shape, data: stored };
}

/** The elements of a type over `bytes`, copied only where their address does not suit the type. */
export function elementsOver(dtype: DType, bytes: Uint8Array): TypedArray {
  const array = arrayOf[dtype];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new array(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.byteLength / array.BYTES_PER_ELEMENT,
  );
}

function asTyped(dtype: DType, data: TypedArray | ArrayLike<number>): TypedArray {
  if (data instanceof arrayOf[dtype]) return data as TypedArray;
  if (dtype === 'int64') return BigInt64Array.from(data as ArrayLike<number>, (v) => BigInt(v));
  return arrayOf[dtype].from(data as ArrayLike<number>) as TypedArray;
}

/** `data` viewed as numbers. Throws E_TENSOR_DTYPE for int64, which the compiler narrows to int32. */
export function numbers(t: Tensor): Exclude<TypedArray, BigInt64Array> {
  if (t.data instanceof BigInt64Array) {
    throw new EdgecError('E_TENSOR_DTYPE', 'int64 inside a graph', { expected: 'int32', found: 'int64' });
  }
  return t.data;
}

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

/** Shape of two operands broadcast against each other as in ONNX. Throws E_OP_SHAPE. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const da = a[i - rank + a.length] ?? 1;
    const db = b[i - rank + b.length] ?? 1;
    if (da !== db && da !== 1 && db !== 1) {
      throw new EdgecError('E_OP_SHAPE', 'shapes do not broadcast', { expected: `[${a}]`, found: `[${b}]` });
    }
    return da === 1 ? db : da;
  });
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

export const sameQuant = (a?: QuantParams, b?: QuantParams): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.axis === b.axis &&
    sameShape(a.scale, b.scale) &&
    sameShape(a.zeroPoint, b.zeroPoint));
