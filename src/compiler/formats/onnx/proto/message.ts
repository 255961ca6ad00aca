import { EdgecError } from '../../../../core/index.ts';
import { decodeText } from '../../text.ts';
import { WireReader, WireWriter, wireType } from './wire.ts';

type Scalar = 'int' | 'float' | 'double' | 'string' | 'bytes';
type Field = readonly [number: number, kind: Scalar | Schema, repeated?: 'many'];

/** A message: for each name its field number, its kind, and whether it repeats. */
export interface Schema {
  readonly [name: string]: Field;
}

type One<K> = K extends 'int' | 'float' | 'double'
  ? number
  : K extends 'string'
    ? string
    : K extends 'bytes'
      ? Uint8Array
      : K extends Schema
        ? Message<K>
        : never;

/** What a schema reads into: repeated fields are lists, absent ones are undefined. */
export type Message<S extends Schema> = {
  -readonly [N in keyof S as S[N] extends readonly [number, unknown, 'many'] ? N : never]: One<S[N][1]>[];
} & {
  -readonly [N in keyof S as S[N] extends readonly [number, unknown, 'many'] ? never : N]?: One<S[N][1]>;
};

export function schema<const S extends Schema>(fields: S): S {
  return fields;
}

type Loose = Record<string, unknown>;

const wireOf = (kind: Scalar | Schema): number =>
  kind === 'int'
    ? wireType.varint
    : kind === 'float'
      ? wireType.fixed32
      : kind === 'double'
        ? wireType.fixed64
        : wireType.bytes;

function readOne(reader: WireReader, kind: Scalar | Schema, name: string): unknown {
  if (kind === 'int') return reader.int64();
  if (kind === 'float') return reader.float();
  if (kind === 'double') return reader.double();
  const bytes = reader.bytes();
  if (kind === 'bytes') return bytes;
  return kind === 'string' ? decodeText(bytes, `field '${name}'`) : decode(kind, bytes);
}

/** Reads a message. Unknown fields are skipped. Throws E_FORMAT_CORRUPT. */
export function decode<S extends Schema>(fields: S, bytes: Uint8Array): Message<S> {
  const byNumber = new Map(Object.entries(fields).map(([name, field]) => [field[0], { name, field }]));
  const out: Loose = {};
  for (const [name, field] of Object.entries(fields)) if (field[2]) out[name] = [];
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const { field: number, wire } = reader.tag();
    const known = byNumber.get(number);
    if (!known) reader.skip(wire);
    else readField(reader, wire, known.name, known.field, out);
  }
  return out as Message<S>;
}

function readField(
  reader: WireReader,
  wire: number,
  name: string,
  [number, kind, many]: Field,
  out: Loose,
): void {
  const expected = wireOf(kind);
  if (wire === expected) {
    const value = readOne(reader, kind, name);
    if (many) (out[name] as unknown[]).push(value);
    else out[name] = value;
    return;
  }
  if (wire !== wireType.bytes || !many) {
    throw new EdgecError('E_FORMAT_CORRUPT', `the ONNX file has field ${number} (${name}) of another kind`, {
      expected: `wire type ${expected}`,
      found: `${wire}`,
      where: name,
    });
  }
  const packed = new WireReader(reader.bytes());
  while (!packed.done) (out[name] as unknown[]).push(readOne(packed, kind, name));
}

/** Writes a message; numbers that repeat are packed. */
export function encode<S extends Schema>(fields: S, message: Partial<Message<S>>): Uint8Array {
  const writer = new WireWriter();
  for (const [name, field] of Object.entries(fields)) {
    const value = (message as Loose)[name];
    if (value !== undefined) writeField(writer, field, value);
  }
  return writer.finish();
}

function writeField(writer: WireWriter, [number, kind, many]: Field, value: unknown): void {
  const wire = wireOf(kind);
  const list = many ? (value as unknown[]) : [value];
  if (many && wire !== wireType.bytes) {
    if (list.length === 0) return;
    const packed = new WireWriter();
    for (const v of list) writeOne(packed, kind, v);
    writer.tag(number, wireType.bytes);
    writer.bytes(packed.finish());
    return;
  }
  for (const v of list) {
    writer.tag(number, wire);
    writeOne(writer, kind, v);
  }
}

const utf8 = new TextEncoder();

function writeOne(writer: WireWriter, kind: Scalar | Schema, value: unknown): void {
  if (kind === 'int') writer.varint(value as number);
  else if (kind === 'float') writer.float(value as number);
  else if (kind === 'double') writer.double(value as number);
  else if (kind === 'string') writer.bytes(utf8.encode(value as string));
  else if (kind === 'bytes') writer.bytes(value as Uint8Array);
  else writer.bytes(encode(kind, value as Loose as Message<Schema>));
}
