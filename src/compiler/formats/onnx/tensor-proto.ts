import { type DType, EdgecError, maxRank, type Tensor, tensor } from '../../../core/index.ts';
import { readExternal } from './external-data.ts';
import { type DataType, dataTypeName, type TensorProto } from './proto/onnx.ts';

/** Real and integer types as the graph holds them: wide ones are narrowed, uint8 is int8 − 128. */
const narrowed: Partial<Record<DataType, DType>> = {
  float: 'float32',
  float16: 'float32',
  bfloat16: 'float32',
  double: 'float32',
  uint8: 'int8',
  int8: 'int8',
  uint16: 'int32',
  int16: 'int32',
  int32: 'int32',
  uint32: 'int32',
  int64: 'int32',
  uint64: 'int32',
  bool: 'bool',
  uint4: 'int8',
  int4: 'int8',
};

/** The graph's element type for one of ONNX. Throws E_TENSOR_DTYPE. */
export function graphDtype(code: number | undefined, where?: string): DType {
  const name = dataTypeName(code);
  const dtype = name && narrowed[name];
  if (dtype) return dtype;
  throw new EdgecError('E_TENSOR_DTYPE', 'element type is not supported', {
    expected: Object.keys(narrowed).join(', '),
    found: name ?? `type ${code}`,
    where,
  });
}

const int32Limit = 2 ** 31;
const saturate = (v: number): number => Math.max(-int32Limit, Math.min(int32Limit - 1, v));

function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));
function brainToFloat(bits: number): number {
  word.setUint32(0, (bits & 0xffff) << 16);
  return word.getFloat32(0);
}

type RawReader = { bytes: number; at(view: DataView, offset: number): number };

const raw: Partial<Record<DataType, RawReader>> = {
  float: { bytes: 4, at: (v, o) => v.getFloat32(o, true) },
  float16: { bytes: 2, at: (v, o) => halfToFloat(v.getUint16(o, true)) },
  bfloat16: { bytes: 2, at: (v, o) => brainToFloat(v.getUint16(o, true)) },
  double: { bytes: 8, at: (v, o) => v.getFloat64(o, true) },
  uint8: { bytes: 1, at: (v, o) => v.getUint8(o) - 128 },
  int8: { bytes: 1, at: (v, o) => v.getInt8(o) },
  uint16: { bytes: 2, at: (v, o) => v.getUint16(o, true) },
  int16: { bytes: 2, at: (v, o) => v.getInt16(o, true) },
  int32: { bytes: 4, at: (v, o) => v.getInt32(o, true) },
  uint32: { bytes: 4, at: (v, o) => saturate(v.getUint32(o, true)) },
  int64: { bytes: 8, at: (v, o) => saturate(Number(v.getBigInt64(o, true))) },
  uint64: { bytes: 8, at: (v, o) => saturate(Number(v.getBigUint64(o, true))) },
  bool: { bytes: 1, at: (v, o) => (v.getUint8(o) ? 1 : 0) },
};

/** The elements of a typed field, in the convention of TensorProto. */
function typedData(proto: TensorProto, type: DataType): number[] {
  switch (type) {
    case 'float':
      return proto.floatData;
    case 'double':
      return proto.doubleData;
    case 'int64':
      return proto.int64Data.map(saturate);
    case 'uint32':
    case 'uint64':
      return proto.uint64Data.map((v) => saturate(v < 0 ? v + 2 ** 64 : v));
    case 'float16':
      return proto.int32Data.map(halfToFloat);
    case 'bfloat16':
      return proto.int32Data.map(brainToFloat);
    case 'uint8':
      return proto.int32Data.map((v) => v - 128);
    case 'bool':
      return proto.int32Data.map((v) => (v ? 1 : 0));
    default:
      return proto.int32Data.map(saturate);
  }
}

/** Numbers of four bits out of bytes, the lower half first. */
function nibbles(bytes: ArrayLike<number>, count: number, type: 'uint4' | 'int4', where: string): number[] {
  if (bytes.length !== Math.ceil(count / 2))
    throw corrupt(
      'tensor data does not fill its shape',
      where,
      `${Math.ceil(count / 2)} bytes`,
      `${bytes.length}`,
    );
  return Array.from({ length: count }, (_, i) => {
    const bits = (bytes[i >> 1] >> (4 * (i & 1))) & 15;
    return type === 'int4' && bits > 7 ? bits - 16 : bits;
  });
}

const corrupt = (message: string, where: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_FORMAT_CORRUPT', message, { where, expected, found });

/** Dimensions of a tensor with their product. Throws E_FORMAT_CORRUPT or E_LIMIT_EXCEEDED. */
function checkedCount(dims: readonly number[], where: string): number {
  if (dims.length > maxRank) {
    throw new EdgecError('E_LIMIT_EXCEEDED', 'tensor has too many dimensions', {
      where,
      expected: `at most ${maxRank}`,
      found: `${dims.length}`,
    });
  }
  let count = 1;
  for (const d of dims) {
    if (d < 0) throw corrupt('tensor has a negative dimension', where, 'at least 0', `[${dims}]`);
    count *= d;
  }
  if (count < int32Limit) return count;
  throw new EdgecError('E_LIMIT_EXCEEDED', 'tensor is too large', {
    where,
    expected: 'under 2^31 elements',
    found: `[${dims}]`,
  });
}

/** An initializer or constant as a tensor of the graph. `directory` is where external data may lie. */
export function readTensor(proto: TensorProto, directory?: string): Tensor {
  const where = proto.name || 'constant';
  const dtype = graphDtype(proto.dataType, where);
  const type = dataTypeName(proto.dataType) as DataType;
  const count = checkedCount(proto.dims, where);
  const bytes = proto.dataLocation === 1 ? readExternal(proto.externalData, directory, where) : proto.rawData;
  if (type === 'uint4' || type === 'int4')
    return tensor(dtype, proto.dims, nibbles(bytes ?? proto.int32Data, count, type, where));
  if (!bytes) {
    const values = typedData(proto, type);
    if (values.length !== count)
      throw corrupt('tensor data does not fill its shape', where, `${count}`, `${values.length}`);
    return tensor(dtype, proto.dims, values);
  }
  const reader = raw[type] as RawReader;
  if (bytes.length !== count * reader.bytes) {
    throw corrupt(
      'tensor data does not fill its shape',
      where,
      `${count * reader.bytes} bytes`,
      `${bytes.length}`,
    );
  }
  const out = tensor(dtype, proto.dims);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = out.data as Float32Array;
  for (let i = 0; i < count; i++) data[i] = reader.at(view, i * reader.bytes);
  return out;
}

export const isUnsigned = (proto: TensorProto): boolean => dataTypeName(proto.dataType) === 'uint8';
