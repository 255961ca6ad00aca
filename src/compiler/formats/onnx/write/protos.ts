import type { DType, Tensor } from '../../../../core/index.ts';
import { type AttributeProto, attributeType, type TensorProto, type ValueInfoProto } from '../proto/onnx.ts';

/** TensorProto.DataType of each element type. */
export const elementTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
};

/** Integers as `{ i }`, reals as `{ f }`, strings and lists of integers as they are. */
export type AttributeInput = { i: number } | { f: number } | string | readonly number[];

export function attributeProto(name: string, value: AttributeInput): AttributeProto {
  const base = { name, floats: [], ints: [], strings: [] };
  if (typeof value === 'string')
    return { ...base, s: new TextEncoder().encode(value), type: attributeType.string };
  if ('i' in value) return { ...base, i: value.i, type: attributeType.int };
  if ('f' in value) return { ...base, f: value.f, type: attributeType.float };
  return { ...base, ints: [...value], type: attributeType.ints };
}

/** Element bytes in little-endian order, which every supported host has. */
export function tensorProto(name: string, t: Tensor, type: DType): TensorProto {
  const { buffer, byteOffset, byteLength } = t.data;
  return {
    name,
    dims: [...t.shape],
    dataType: elementTypes[type],
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    uint64Data: [],
    externalData: [],
  };
}

export function valueInfo(name: string, dtype: DType, shape: readonly number[]): ValueInfoProto {
  const dim = shape.map((value) => ({ value }));
  return { name, type: { tensorType: { elemType: elementTypes[dtype], shape: { dim } } } };
}
