import {
  checkShape,
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
import { densified } from './sparse.ts';

type Stored = DType | 'float16';

/** A tensor of the file: uint8 with a scale is shown as int8, float16 as float32, int64 as int32. */
export interface FileTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly stored: Stored;
  readonly constant?: Tensor;
  /** Dimensions as the file states them, −1 where they are open. */
  readonly signature: readonly number[];
  /** State that lives on between runs. */
  readonly variable: boolean;
}

function checkScales(scale: readonly number[], isConstant: boolean, where: string): void {
  const wrong = scale.find((s) => !Number.isFinite(s) || s < 0 || (s === 0 && !isConstant));
  if (wrong !== undefined) {
    throw new EdgecError('E_NUMERICS_SCALE', 'a scale is not a positive number', {
      expected: 'above 0',
      found: `${wrong}`,
      where,
    });
  }
}

function checkZeroPoints(zeroPoint: readonly number[], shown: DType, where: string): void {
  const limit = { int8: 128, int16: 32768 }[shown as 'int8'] ?? 1;
  const wrong = zeroPoint.find((z) => z < -limit || z >= limit);
  if (wrong !== undefined) {
    throw new EdgecError('E_NUMERICS_SCALE', `a zero point lies outside ${shown}`, {
      found: `${wrong}`,
      where,
    });
  }
}

/** Axis of scales for each channel. A vector has one axis, whatever the file says. */
function scaleAxis(quantization: Table, shape: readonly number[], count: number, where: string): number {
  const axis = shape.length === 1 ? 0 : quantization.int32(6);
  if (shape[axis] !== count) {
    throw new EdgecError('E_NUMERICS_SCALE', 'scales lie along no axis', {
      expected: `${shape[axis] ?? 'an axis of the tensor'}`,
      found: `${count} scales along axis ${axis}`,
      where,
    });
  }
  return axis;
}

function quantOf(
  table: Table,
  shape: readonly number[],
  stored: Stored,
  name: string,
  isConstant: boolean,
): QuantParams | undefined {
  const quantization = table.table(4);
  const scale = quantization?.floats(2) ?? [];
  const shown = shownAs(stored, true);
  if (!quantization || scale.length === 0 || shown === 'float32' || shown === 'bool') return undefined;
  checkScales(scale, isConstant, name);
  const given = quantization.longs(3);
  const zeroPoint = scale.map((_, i) => (given[i] ?? 0) - (stored === 'uint8' ? 128 : 0));
  checkZeroPoints(zeroPoint, shown, name);
  if (scale.length === 1) return { scale, zeroPoint };
  const axis = scaleAxis(quantization, shape, scale.length, name);
  if (!isConstant) {
    throw new EdgecError('E_NUMERICS_SCALE', 'an activation has more than one scale', { where: name });
  }
  return { scale, zeroPoint, axis };
}

function halfToFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const narrowed = (v: bigint): number => Math.max(-2147483648, Math.min(2147483647, Number(v)));

const arrays = {
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

const storedBytes = (stored: Stored): number => (stored === 'float16' ? 2 : elementBytes(stored));

function constantOf(
  stored: Stored,
  { dtype, shape, quant }: TensorType,
  bytes: Uint8Array,
  name: string,
): Tensor {
  const size = elementCount(shape) * storedBytes(stored);
  if (bytes.length < size) {
    throw new EdgecError('E_FORMAT_CORRUPT', 'a constant is shorter than its shape', {
      expected: `${size} bytes`,
      found: `${bytes.length}`,
      where: name,
    });
  }
  const { buffer } = bytes.slice(0, size);
  if (stored === 'float16')
    return tensor(dtype, shape, Float32Array.from(new Uint16Array(buffer), halfToFloat));
  if (stored === 'int64')
    return tensor(dtype, shape, Int32Array.from(Array.from(new BigInt64Array(buffer), narrowed)));
  if (stored === 'uint8' && dtype === 'int8') {
    return tensor(
      dtype,
      shape,
      Int8Array.from(new Uint8Array(buffer), (v) => v - 128),
      quant,
    );
  }
  return tensor(dtype, shape, new arrays[stored](buffer), quant);
}

function shownAs(stored: Stored, quantised: boolean): DType {
  if (stored === 'float16') return 'float32';
  if (stored === 'int64') return 'int32';
  return stored === 'uint8' && quantised ? 'int8' : stored;
}

/** Copies of constants may hold this many times the bytes of the file: buffers can be shared. */
const copiesOfFile = 8;
const leastCopies = 2 ** 26;

/** The tensors of a subgraph, each read when it is asked for. */
export class FileTensors {
  readonly #tables: readonly Table[];
  readonly #buffers: readonly Table[];
  readonly #shapes: Readonly<Record<string, readonly number[]>>;
  readonly #read = new Map<number, FileTensor>();
  #bytesLeft: number;

  constructor(
    tables: readonly Table[],
    buffers: readonly Table[],
    fileBytes: number,
    shapes: Readonly<Record<string, readonly number[]>> = {},
  ) {
    this.#tables = tables;
    this.#buffers = buffers;
    this.#shapes = shapes;
    this.#bytesLeft = Math.max(leastCopies, fileBytes * copiesOfFile);
  }

  #table(index: number): Table {
    const table = this.#tables[index];
    if (!table) {
      throw new EdgecError('E_FORMAT_CORRUPT', 'a tensor index is out of range', {
        expected: this.#tables.length === 0 ? 'a subgraph with tensors' : `0 to ${this.#tables.length - 1}`,
        found: `${index}`,
        where: 'tensors',
      });
    }
    return table;
  }

  nameOf(index: number): string {
    return this.#table(index).string(3) || `tensor_${index}`;
  }

  at(index: number): FileTensor {
    const known = this.#read.get(index);
    if (known) return known;
    const made = this.#make(index);
    this.#read.set(index, made);
    return made;
  }

  #make(index: number): FileTensor {
    const table = this.#table(index);
    const name = this.nameOf(index);
    const stored = storedAs(table, name);
    const shape = this.#shapeOf(table, name);
    const bytes = this.#bufferOf(table, name).bytes(0);
    const isConstant = bytes.length > 0;
    const quant = quantOf(table, shape, stored, name, isConstant);
    const type: TensorType = { dtype: shownAs(stored, quant !== undefined), shape, ...(quant && { quant }) };
    const signature = table.int32s(7) ?? shape;
    const variable = table.bool(5);
    if (!isConstant) return { name, type, stored, signature, variable };
    const sparsity = table.table(6);
    const size = storedBytes(stored);
    this.#spend(sparsity ? elementCount(shape) * size : bytes.length, name);
    const dense = sparsity ? densified(sparsity, shape, size, bytes, name) : bytes;
    return { name, type, stored, signature, variable, constant: constantOf(stored, type, dense, name) };
  }

  #shapeOf(table: Table, name: string): readonly number[] {
    const given = Object.hasOwn(this.#shapes, name) ? this.#shapes[name] : undefined;
    const stated = table.int32s(0) ?? [];
    const shape = given ?? stated.map((d, i) => (i === 0 && d === -1 ? 1 : d));
    checkShape(shape, name);
    return shape;
  }

  #bufferOf(table: Table, name: string): Table {
    const found = this.#buffers[table.uint32(2)];
    if (!found)
      throw new EdgecError('E_FORMAT_CORRUPT', 'a tensor has no buffer', {
        expected: `below ${this.#buffers.length}`,
        found: `${table.uint32(2)}`,
        where: name,
      });
    return found;
  }

  #spend(bytes: number, where: string): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) {
      throw new EdgecError('E_LIMIT_EXCEEDED', 'the constants share more bytes than the file can explain', {
        where,
      });
    }
  }
}

function storedAs(table: Table, where: string): Stored {
  const stored = elementTypes[table.int8(1)];
  if (!stored) {
    throw new EdgecError('E_OP_UNSUPPORTED', 'an element type is not supported', {
      expected: Object.values(elementTypes).join(', '),
      found: `type ${table.int8(1)}`,
      where,
      remedy: 'convert the model to float32 or int8',
    });
  }
  return stored;
}

/** Integer weights as the real values that they stand for. */
export function dequantized(t: Tensor): Tensor {
  const { scale, zeroPoint, axis } = t.quant as QuantParams;
  const inner = axis === undefined ? Infinity : t.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const data = Float32Array.from(t.data as Int8Array, (v, i) => {
    const c = Math.floor(i / inner) % scale.length;
    return f32((v - zeroPoint[c]) * scale[c]);
  });
  return tensor('float32', t.shape, data);
}
