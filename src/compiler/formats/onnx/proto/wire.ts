import { EdgecError } from '../../../../core/index.ts';

export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const corrupt = (what: string, at: number): EdgecError =>
  new EdgecError('E_FORMAT_CORRUPT', `the ONNX file ${what}`, {
    where: `byte ${at} of a message`,
    remedy: 'export or download the model again',
  });

/** Reads the protobuf wire format from `bytes` and never past its end. Throws E_FORMAT_CORRUPT. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw corrupt('ends early', at);
    this.#at = at + count;
    return at;
  }

  /** A field's number and wire type. */
  tag(): { field: number; wire: number } {
    const at = this.#at;
    const tag = this.uvarint();
    const field = Math.floor(tag / 8);
    if (field === 0 || field > 0x1fffffff) throw corrupt('has a field without a legal number', at);
    return { field, wire: tag % 8 };
  }

  /** Low and high 32 bits of a varint. */
  #halves(): [number, number] {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#take(1)];
      const value = byte & 0x7f;
      if (shift < 28) low |= value << shift;
      else if (shift === 28) {
        low |= value << 28;
        high |= value >>> 4;
      } else high |= value << (shift - 32);
      if (byte < 0x80) return [low >>> 0, high >>> 0];
    }
    throw corrupt('has an integer of more than ten bytes', this.#at);
  }

  uvarint(): number {
    const [low, high] = this.#halves();
    return high * 2 ** 32 + low;
  }

  /** A signed 64-bit integer; magnitudes over 2^53 lose low bits. */
  int64(): number {
    const [low, high] = this.#halves();
    return (high | 0) * 2 ** 32 + low;
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A length-delimited field, without a copy. */
  bytes(): Uint8Array {
    const length = this.uvarint();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  skip(wire: number): void {
    if (wire === wireType.varint) this.#halves();
    else if (wire === wireType.fixed64) this.#take(8);
    else if (wire === wireType.bytes) this.bytes();
    else if (wire === wireType.fixed32) this.#take(4);
    else throw corrupt(`has a field of wire type ${wire}`, this.#at);
  }
}

/** Writes the protobuf wire format into chunks that are joined once. */
export class WireWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  raw(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  varint(value: number): void {
    const out: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      out.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    out.push(Number(rest));
    this.raw(Uint8Array.from(out));
  }

  tag(field: number, wire: number): void {
    this.varint(field * 8 + wire);
  }

  float(value: number): void {
    this.raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  double(value: number): void {
    this.raw(new Uint8Array(Float64Array.of(value).buffer));
  }

  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }
}
