import { EdgecError } from '../../../core/index.ts';
import { decodeText } from '../text.ts';

const corrupt = (what: string, at: number): EdgecError =>
  new EdgecError('E_FORMAT_CORRUPT', `the TFLite file is damaged: ${what}`, {
    where: `byte ${at}`,
    remedy: 'export or copy the model again',
  });

/** A vector of tables, scalars or offsets whose elements lie inside the file. */
export interface Vector {
  readonly at: number;
  readonly length: number;
}

/** Elements that may be read for each byte of a file: overlapping vectors cannot blow it up. */
const readsPerByte = 8;

/** The bytes of a file, and how much of it may still be read. */
class Source {
  readonly view: DataView;
  #left: number;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = bytes.length * readsPerByte;
  }

  spend(elements: number): void {
    this.#left -= elements;
    if (this.#left < 0) throw corrupt('its parts overlap', 0);
  }
}

/** A FlatBuffers table read with every offset held against the file. */
export class Table {
  readonly #source: Source;
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #slots: number;

  private constructor(source: Source, at: number) {
    const { view } = source;
    this.#source = source;
    this.#view = view;
    source.spend(1);
    this.#at = at;
    if (at < 0 || at + 4 > view.byteLength) throw corrupt('a table lies outside', at);
    this.#vtable = at - view.getInt32(at, true);
    if (this.#vtable < 0 || this.#vtable + 4 > view.byteLength) throw corrupt('a vtable lies outside', at);
    const bytes = view.getUint16(this.#vtable, true);
    if (bytes < 4 || this.#vtable + bytes > view.byteLength) throw corrupt('a vtable lies outside', at);
    this.#slots = (bytes - 4) >> 1;
  }

  static root(bytes: Uint8Array): Table {
    if (bytes.length < 8) throw corrupt('it ends early', bytes.length);
    const source = new Source(bytes);
    return new Table(source, source.view.getUint32(0, true));
  }

  /** Place of a field of `bytes` bytes; undefined where it is left out. */
  #field(slot: number, bytes: number): number | undefined {
    if (slot >= this.#slots) return undefined;
    const offset = this.#view.getUint16(this.#vtable + 4 + slot * 2, true);
    if (offset === 0) return undefined;
    if (this.#at + offset + bytes > this.#view.byteLength) throw corrupt('a field lies outside', this.#at);
    return this.#at + offset;
  }

  int8(slot: number, fallback = 0): number {
    const at = this.#field(slot, 1);
    return at === undefined ? fallback : this.#view.getInt8(at);
  }
  uint8(slot: number, fallback = 0): number {
    return this.int8(slot, fallback) & 255;
  }
  bool(slot: number): boolean {
    return this.int8(slot) !== 0;
  }
  int32(slot: number, fallback = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? fallback : this.#view.getInt32(at, true);
  }
  uint32(slot: number, fallback = 0): number {
    return this.int32(slot, fallback) >>> 0;
  }
  float(slot: number, fallback = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? fallback : this.#view.getFloat32(at, true);
  }

  #target(at: number): number {
    const target = at + this.#view.getUint32(at, true);
    if (target + 4 > this.#view.byteLength) throw corrupt('an offset points outside', at);
    return target;
  }

  table(slot: number): Table | undefined {
    const at = this.#field(slot, 4);
    return at === undefined ? undefined : new Table(this.#source, this.#target(at));
  }

  #vector(slot: number, elementBytes: number): Vector | undefined {
    const at = this.#field(slot, 4);
    if (at === undefined) return undefined;
    const start = this.#target(at);
    const length = this.#view.getUint32(start, true);
    if (start + 4 + length * elementBytes > this.#view.byteLength)
      throw corrupt('a vector ends outside', start);
    if (elementBytes > 1) this.#source.spend(length);
    return { at: start + 4, length };
  }

  tables(slot: number): Table[] {
    const vector = this.#vector(slot, 4);
    return Array.from(
      { length: vector?.length ?? 0 },
      (_, i) => new Table(this.#source, this.#target((vector as Vector).at + i * 4)),
    );
  }

  int32s(slot: number): number[] | undefined {
    const vector = this.#vector(slot, 4);
    return (
      vector && Array.from({ length: vector.length }, (_, i) => this.#view.getInt32(vector.at + i * 4, true))
    );
  }

  uint16s(slot: number): number[] {
    const vector = this.#vector(slot, 2);
    return Array.from({ length: vector?.length ?? 0 }, (_, i) =>
      this.#view.getUint16((vector as Vector).at + i * 2, true),
    );
  }

  floats(slot: number): number[] {
    const vector = this.#vector(slot, 4);
    return Array.from({ length: vector?.length ?? 0 }, (_, i) =>
      this.#view.getFloat32((vector as Vector).at + i * 4, true),
    );
  }

  /** 64-bit integers as numbers. */
  longs(slot: number): number[] {
    const vector = this.#vector(slot, 8);
    return Array.from({ length: vector?.length ?? 0 }, (_, i) =>
      Number(this.#view.getBigInt64((vector as Vector).at + i * 8, true)),
    );
  }

  /** A view of the file, not a copy. */
  bytes(slot: number): Uint8Array {
    const vector = this.#vector(slot, 1);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + (vector?.at ?? 0), vector?.length ?? 0);
  }

  string(slot: number): string {
    const bytes = this.bytes(slot);
    this.#source.spend(bytes.length);
    return decodeText(bytes, `byte ${bytes.byteOffset - this.#view.byteOffset}`);
  }
}
