import {
  type DType,
  EdgecError,
  elementBytes,
  elementCount,
  f32,
  type QuantParams,
  type Tensor,
  type TensorType,
  tensor,
} from '../../../core/index.ts';
import type { Table } from './flatbuffer.ts';
import { elementTypes } from './schema.ts';

/** A tensor of the file: uint8 is shown as int8, float16 as float32. */
export interface FileTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly stored: DType | 'float16';
  readonly constant?: Tensor;
  readonly dynamicBatch: boolean;
}

const maxElements = 2 ** 31 - 1;

function shapeOf(
  table: Table,
  name: string,
  given: Record<string, number[]> | undefined,
): { shape: number[]; dynamicBatch: boolean } {
  const signature = table.int32s(7);
  const shape = given?.[name] ?? table.int32s(0) ?? [];
  if (shape.some((d) => d < 0) || shape.length > 8 || elementCount(shape) > maxElements) {
    throw new EdgecError('E_LIMIT_EXCEEDED', 'a tensor has an impossible shape', {
      found: `[${shape}]`,
      where: name,
    });
  }
  const unknown = signature?.filter((d) => d === -1).length ?? 0;
  if (
    unknown > 0 &&
    !given?.[name] &&
    (unknown > 1 || signature?.[0] !== -1) &&
    shape.some((d, i) => signature?.[i] === -1 && d < 1)
  ) {
    throw new EdgecError('E_SHAPE_DYNAMIC', 'a shape is not fixed', {
      found: `[${signature}]`,
      where: name,
      remedy: `pass --shape ${name}:${shape.join('x')}`,
    });
  }
  return { shape, dynamicBatch: signature?.[0] === -1 };
}

function quantOf(
  table: Table,
  shape: readonly number[],
  shift: number,
  name: string,
  isConstant: boolean,
): QuantParams | undefined {
  const quantization = table.table(4);
  const scale = quantization?.floats(2) ?? [];
  if (!quantization || scale.length === 0) return undefined;
  if (scale.some((s) => !(isConstant ? s >= 0 : s > 0) || !Number.isFinite(s))) {
    throw new EdgecError('E_NUMERICS_SCALE', 'a scale is not a positive number', {
      expected: 'above 0',
      found: `${scale.find((s) => !(s > 0))}`,
      where: name,
    });
  }
  const stored = quantization.longs(3);
  const zeroPoint = scale.map((_, i) => (stored[i] ?? 0) - shift);
  if (scale.length === 1) return { scale, zeroPoint };
  const stated = shape.length === 1 ? 0 : quantization.int32(6);
  if (shape[stated] !== scale.length) {
    throw new EdgecError('E_NUMERICS_SCALE', 'scales lie along no axis', {
      expected: `${shape[stated] ?? 'an axis of the tensor'}`,
      found: `${scale.length} scales along axis ${stated}`,
      where: name,
    });
  }
  return { scale, zeroPoint, axis: stated };
}

function halfToFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function constantOf(stored: DType | 'float16', type: TensorType, bytes: Uint8Array, name: string): Tensor {
  const count = elementCount(type.shape);
  const size = count * (stored === 'float16' ? 2 : elementBytes(stored));
  if (bytes.length < size) {
    throw new EdgecError('E_FORMAT_CORRUPT', 'a constant is shorter than its shape', {
      expected: `${size} bytes`,
      found: `${bytes.length}`,
      where: name,
    });
  }
  const { buffer } = bytes.slice(0, size);
  if (stored === 'float16')
    return tensor('float32', type.shape, Float32Array.from(new Uint16Array(buffer), halfToFloat));
  if (stored === 'uint8' && type.quant)
    return tensor(
      'int8',
      type.shape,
      Int8Array.from(new Uint8Array(buffer), (v) => v - 128),
      type.quant,
    );
  if (stored === 'int64') {
    const narrowed = Array.from(new BigInt64Array(buffer), (v) =>
      Number(v < -2147483648n ? -2147483648n : v > 2147483647n ? 2147483647n : v),
    );
    return tensor('int32', type.shape, narrowed);
  }
  const view = {
    float32: Float32Array,
    int8: Int8Array,
    uint8: Uint8Array,
    int16: Int16Array,
    int32: Int32Array,
    bool: Uint8Array,
  }[stored];
  return tensor(type.dtype, type.shape, new view(buffer), type.quant);
}

/** Every tensor of a subgraph. */
export function readTensors(
  tables: readonly Table[],
  buffers: readonly Table[],
  shapes?: Record<string, number[]>,
): FileTensor[] {
  return tables.map((table, index) => {
    const name = table.string(3) || `tensor_${index}`;
    const stored = elementTypes[table.int8(1)];
    if (!stored)
      throw new EdgecError('E_TENSOR_DTYPE', 'an element type is not supported', {
        found: `type ${table.int8(1)}`,
        where: name,
      });
    if (table.table(6))
      throw new EdgecError('E_OP_UNSUPPORTED', 'sparse tensors are not supported', {
        where: name,
        remedy: 'export the model with dense weights',
      });
    const buffer = buffers[table.uint32(2)];
    if (!buffer) throw new EdgecError('E_FORMAT_CORRUPT', 'a tensor has no buffer', { where: name });
    const { shape, dynamicBatch } = shapeOf(table, name, shapes);
    const bytes = buffer.bytes(0);
    const isConstant = bytes.length > 0;
    const quant = quantOf(table, shape, stored === 'uint8' ? 128 : 0, name, isConstant);
    const shown: DType =
      stored === 'float16'
        ? 'float32'
        : stored === 'int64'
          ? 'int32'
          : stored === 'uint8' && quant
            ? 'int8'
            : stored;
    const type: TensorType =
      quant && shown !== 'float32' ? { dtype: shown, shape, quant } : { dtype: shown, shape };
    return {
      name,
      type,
      stored,
      dynamicBatch,
      ...(isConstant && { constant: constantOf(stored, type, bytes, name) }),
    };
  });
}

/** Weights of a dynamic-range model as the real values that they stand for. */
export function dequantized(t: Tensor): Tensor {
  const { scale, zeroPoint, axis } = t.quant as QuantParams;
  const inner = axis === undefined ? Infinity : t.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const data = Float32Array.from(t.data as Int8Array, (v, i) => {
    const c = Math.floor(i / inner) % scale.length;
    return f32((v - zeroPoint[c]) * scale[c]);
  });
  return tensor('float32', t.shape, data);
}
