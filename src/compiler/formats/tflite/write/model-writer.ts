import { Builder, type Offset } from 'flatbuffers';
import {
  type DType,
  EdgecError,
  type QuantParams,
  type Tensor,
  type TensorType,
} from '../../../../core/index.ts';
import { builtinCode, elementTypeId } from '../schema.ts';

/** A field of an options table. */
export interface Scalar {
  readonly kind: 'int8' | 'int32' | 'float';
  readonly value: number;
}

export const byte = (value: number | boolean): Scalar => ({ kind: 'int8', value: Number(value) });
export const int = (value: number): Scalar => ({ kind: 'int32', value });
export const float = (value: number): Scalar => ({ kind: 'float', value });

/** An options table: its id in the union, and its fields in the order of their ids. */
export interface Options {
  readonly table: number;
  readonly fields: readonly (Scalar | undefined)[];
}

export const options = (table: number, ...fields: (Scalar | undefined)[]): Options => ({ table, fields });

/** Writes what a table refers to, and returns what adds the fields to it. */
export type MoreFields = (b: Builder) => readonly (() => void)[];

interface StoredTensor {
  name: string;
  readonly type: TensorType;
  readonly constant?: Tensor;
  readonly more?: MoreFields;
}

interface StoredOperator {
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: Options;
  readonly customOptions?: Uint8Array;
}

const bufferAlignment = 16;
const description = 'edgec';
const schemaVersion = 3;
/** Codes above are found in the 32-bit field only. */
const deprecatedCodeLimit = 127;

/** Collects tensors and operators of one subgraph and writes them as a FlatBuffers file. */
export class ModelWriter {
  readonly #unsigned: boolean;
  readonly #tensors: StoredTensor[] = [];
  readonly #operators: StoredOperator[] = [];
  readonly #codes = new Map<string, number>();

  /** `unsigned`: int8 tensors with parameters are written as uint8. */
  constructor(unsigned: boolean) {
    this.#unsigned = unsigned;
  }

  /** `more`: fields beside shape, type, buffer, name, quantisation and rank. */
  tensor(name: string, type: TensorType, constant?: Tensor, more?: MoreFields): number {
    this.#tensors.push({ name, type, constant, more });
    return this.#tensors.length - 1;
  }

  typeOf(index: number): TensorType {
    return this.#tensors[index].type;
  }

  isConstant(index: number): boolean {
    return this.#tensors[index].constant !== undefined;
  }

  rename(index: number, name: string): void {
    this.#tensors[index].name = name;
  }

  /** Adds an operator. A missing operand is −1. */
  operator(
    builtin: string,
    version: number,
    inputs: readonly number[],
    outputs: readonly number[],
    opts?: Options,
  ): void {
    this.#operators.push({ code: this.#codeOf(`${builtin}:${version}`), inputs, outputs, options: opts });
  }

  /** Adds an operator that the format does not define, with options in a form of its own. */
  custom(name: string, inputs: readonly number[], outputs: readonly number[], opts: Uint8Array): void {
    this.#operators.push({ code: this.#codeOf(`CUSTOM:1:${name}`), inputs, outputs, customOptions: opts });
  }

  #codeOf(key: string): number {
    const code = this.#codes.get(key) ?? this.#codes.size;
    this.#codes.set(key, code);
    return code;
  }

  finish(name: string, inputs: readonly number[], outputs: readonly number[]): Uint8Array {
    const b = new Builder(1 << 16);
    const stored = this.#unsigned ? this.#tensors.map(asUnsigned) : this.#tensors;
    const constants = stored.flatMap((t) => (t.constant ? [t.constant] : []));
    const buffers = offsets(b, [emptyBuffer(b), ...constants.map((t) => bufferOf(b, t))]);
    let buffer = 0;
    const tensors = offsets(
      b,
      stored.map((t) => writeTensor(b, t, t.constant ? ++buffer : 0)),
    );
    const operators = offsets(
      b,
      this.#operators.map((o) => writeOperator(b, o)),
    );
    const subgraph = table(b, 5, [
      () => b.addFieldOffset(0, tensors, 0),
      field(b, 1, ints(b, inputs)),
      field(b, 2, ints(b, outputs)),
      () => b.addFieldOffset(3, operators, 0),
      field(b, 4, b.createString(name)),
    ]);
    const subgraphs = offsets(b, [subgraph]);
    const codes = offsets(
      b,
      [...this.#codes.keys()].map((key) => writeCode(b, key)),
    );
    const text = b.createString(description);
    const model = table(b, 5, [
      () => b.addFieldInt32(0, schemaVersion, 0),
      field(b, 1, codes),
      field(b, 2, subgraphs),
      field(b, 3, text),
      field(b, 4, buffers),
    ]);
    b.finish(model, 'TFL3');
    return b.asUint8Array();
  }
}

function asUnsigned(t: StoredTensor): StoredTensor {
  const { dtype, shape, quant } = t.type;
  if (dtype !== 'int8' || !quant) return t;
  const moved = { ...quant, zeroPoint: quant.zeroPoint.map((z) => z + 128) };
  const data = t.constant && Uint8Array.from(t.constant.data as Int8Array, (v) => v + 128);
  const type: TensorType = { dtype: 'uint8', shape, quant: moved };
  return { name: t.name, type, ...(data && { constant: { ...type, data } }) };
}

const field =
  (b: Builder, slot: number, offset: Offset): (() => void) =>
  () =>
    b.addFieldOffset(slot, offset, 0);

function table(b: Builder, slots: number, fields: readonly (() => void)[]): Offset {
  b.startObject(slots);
  for (const add of fields) add();
  return b.endObject();
}

function offsets(b: Builder, list: readonly Offset[]): Offset {
  b.startVector(4, list.length, 4);
  for (const offset of [...list].reverse()) b.addOffset(offset);
  return b.endVector();
}

function ints(b: Builder, values: readonly number[]): Offset {
  b.startVector(4, values.length, 4);
  for (const v of [...values].reverse()) b.addInt32(v);
  return b.endVector();
}

function floats(b: Builder, values: readonly number[]): Offset {
  b.startVector(4, values.length, 4);
  for (const v of [...values].reverse()) b.addFloat32(v);
  return b.endVector();
}

function longs(b: Builder, values: readonly number[]): Offset {
  b.startVector(8, values.length, 8);
  for (const v of [...values].reverse()) b.addInt64(BigInt(v));
  return b.endVector();
}

const emptyBuffer = (b: Builder): Offset => table(b, 1, []);

function bufferOf(b: Builder, { data }: Tensor): Offset {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  b.prep(bufferAlignment, bytes.length);
  const vector = b.createByteVector(bytes);
  return table(b, 1, [field(b, 0, vector)]);
}

function writeQuantization(b: Builder, { scale, zeroPoint, axis }: QuantParams): Offset {
  const scales = floats(b, scale);
  const zeros = longs(b, zeroPoint);
  return table(b, 7, [field(b, 2, scales), field(b, 3, zeros), () => b.addFieldInt32(6, axis ?? 0, 0)]);
}

function writeTensor(b: Builder, { name, type, more }: StoredTensor, buffer: number): Offset {
  const fields = more?.(b) ?? [];
  const shape = ints(b, type.shape);
  const text = b.createString(name);
  const quantization = type.quant ? writeQuantization(b, type.quant) : 0;
  return table(b, 9, [
    field(b, 0, shape),
    () => b.addFieldInt8(1, elementTypeId(type.dtype as DType), 0),
    () => b.addFieldInt32(2, buffer, 0),
    field(b, 3, text),
    field(b, 4, quantization),
    () => b.addFieldInt8(8, 1, 0),
    ...fields,
  ]);
}

function writeOptions(b: Builder, { fields }: Options): Offset {
  const adders = fields.flatMap((f, slot) => {
    if (!f) return [];
    if (f.kind === 'int8') return [() => b.addFieldInt8(slot, f.value, 0)];
    if (f.kind === 'int32') return [() => b.addFieldInt32(slot, f.value, 0)];
    return [() => b.addFieldFloat32(slot, f.value, 0)];
  });
  b.forceDefaults(true);
  const made = table(b, fields.length, adders);
  b.forceDefaults(false);
  return made;
}

function writeOperator(
  b: Builder,
  { code, inputs, outputs, options: given, customOptions }: StoredOperator,
): Offset {
  const ins = ints(b, inputs);
  const outs = ints(b, outputs);
  const opts = given ? writeOptions(b, given) : 0;
  const custom = customOptions ? b.createByteVector(customOptions) : 0;
  return table(b, 6, [
    () => b.addFieldInt32(0, code, 0),
    field(b, 1, ins),
    field(b, 2, outs),
    () => b.addFieldInt8(3, given?.table ?? 0, 0),
    field(b, 4, opts),
    field(b, 5, custom),
  ]);
}

function writeCode(b: Builder, key: string): Offset {
  const [builtin, version, name] = key.split(':');
  const code = builtinCode(builtin);
  if (code === undefined) throw new EdgecError('E_OP_UNSUPPORTED', `TFLite has no operator ${builtin}`);
  const custom = name === undefined ? 0 : b.createString(name);
  return table(b, 4, [
    () => b.addFieldInt8(0, Math.min(code, deprecatedCodeLimit), 0),
    field(b, 1, custom),
    () => b.addFieldInt32(2, Number(version), 1),
    () => b.addFieldInt32(3, code, 0),
  ]);
}
