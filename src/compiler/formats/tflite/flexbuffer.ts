import { EdgecError } from '../../../core/index.ts';
import { decodeText } from '../text.ts';

/** Kinds of FlexBuffers values that are read: scalars that lie in their map. */
const kind = { int: 1, uint: 2, float: 3, map: 9, bool: 26 } as const;

const corrupt = (what: string): EdgecError =>
  new EdgecError('E_FORMAT_CORRUPT', `the options of a custom operator are damaged: ${what}`, {
    where: 'custom_options',
    remedy: 'export or copy the model again',
  });

const longestKey = 64;

/** Bytes of a FlexBuffers value, each access held against their end. */
class Bytes {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#view.byteLength;
  }

  #checked(at: number, width: number): number {
    if (at < 0 || at + width > this.length) throw corrupt('a value lies outside');
    return at;
  }

  byte(at: number): number {
    return this.#view.getUint8(this.#checked(at, 1));
  }

  uint(at: number, width: number): number {
    this.#checked(at, width);
    if (width === 1) return this.#view.getUint8(at);
    if (width === 2) return this.#view.getUint16(at, true);
    return width === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  int(at: number, width: number): number {
    return Number(BigInt.asIntN(width * 8, BigInt(this.uint(at, width))));
  }

  float(at: number, width: number): number {
    this.#checked(at, width);
    if (width === 4) return this.#view.getFloat32(at, true);
    if (width === 8) return this.#view.getFloat64(at, true);
    throw corrupt('a number has no such width');
  }

  /** The text up to the next zero. */
  key(at: number): string {
    let end = this.#checked(at, 1);
    while (this.byte(end) !== 0) if (++end - at > longestKey) throw corrupt('a key is too long');
    const { buffer, byteOffset } = this.#view;
    return decodeText(new Uint8Array(buffer, byteOffset + at, end - at), 'custom_options');
  }
}

/** The numbers and truth values (0 or 1) of a FlexBuffers map; other values are left out. Throws E_FORMAT_CORRUPT. */
export function numbersOfMap(bytes: Uint8Array): Map<string, number> {
  const b = new Bytes(bytes);
  const rootWidth = b.byte(b.length - 1);
  const rootType = b.byte(b.length - 2);
  if (rootType >> 2 !== kind.map || ![1, 2, 4, 8].includes(rootWidth)) throw corrupt('they are no map');
  const root = b.length - 2 - rootWidth;
  const values = root - b.uint(root, rootWidth);
  const width = 1 << (rootType & 3);
  const count = b.uint(values - width, width);
  const keys = values - 3 * width - b.uint(values - 3 * width, width);
  const keyWidth = b.uint(values - 2 * width, width);
  if (count * width > b.length || ![1, 2, 4, 8].includes(keyWidth)) throw corrupt('a map lies outside');
  const found = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const at = values + i * width;
    const type = b.byte(values + count * width + i) >> 2;
    const place = keys + i * keyWidth;
    const key = b.key(place - b.uint(place, keyWidth));
    if (type === kind.float) found.set(key, b.float(at, width));
    else if (type === kind.int) found.set(key, b.int(at, width));
    else if (type === kind.uint || type === kind.bool) found.set(key, b.uint(at, width));
  }
  return found;
}
