import type { Random } from '../../../src/core/index.ts';
import { anotherInteger, anotherReal } from './numbers.ts';

type Kind = 'vtable' | 'table' | 'offset' | 'length' | 'int8' | 'int32' | 'long' | 'float' | 'byte' | 'code';

/** A number of a file, what it means, and the table of the schema that it leads to. */
interface Spot {
  readonly at: number;
  readonly kind: Kind;
  readonly to?: unknown;
}

type Field =
  | 'int8'
  | 'int32'
  | 'code'
  | 'bytes'
  | 'int32s'
  | 'floats'
  | 'longs'
  | readonly ['one' | 'many', () => Fields];
type Fields = Readonly<Record<number, Field>>;

const quantization: Fields = { 0: 'floats', 1: 'floats', 2: 'floats', 3: 'longs', 6: 'int32' };
const tensor: Fields = {
  0: 'int32s',
  1: 'int8',
  2: 'int32',
  3: 'bytes',
  4: ['one', () => quantization],
  5: 'int8',
  6: ['one', () => quantization],
  7: 'int32s',
};
/** Every options table is a list of small scalars. */
const options: Fields = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, 'int8' as const]));
const operator: Fields = { 0: 'int32', 1: 'int32s', 2: 'int32s', 3: 'int8', 4: ['one', () => options] };
const code: Fields = { 0: 'code', 1: 'bytes', 2: 'int32', 3: 'int32' };
const graph: Fields = {
  0: ['many', () => tensor],
  1: 'int32s',
  2: 'int32s',
  3: ['many', () => operator],
  4: 'bytes',
};
const buffer: Fields = { 0: 'bytes' };
const model: Fields = {
  0: 'int32',
  1: ['many', () => code],
  2: ['many', () => graph],
  3: 'bytes',
  4: ['many', () => buffer],
};

const elements = {
  int32s: ['int32', 4],
  floats: ['float', 4],
  longs: ['long', 8],
  bytes: ['byte', 1],
} as const;

/** Walks the tables of an unbroken file. */
class Walk {
  readonly spots: Spot[] = [];
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset(0, 'offset', model);
    this.#table(this.#target(0), model);
  }

  #offset(at: number, kind: Kind, to: unknown): void {
    this.spots.push({ at, kind, to });
  }

  #target = (at: number): number => at + this.#view.getUint32(at, true);

  #table(at: number, fields: Fields): void {
    const vtable = at - this.#view.getInt32(at, true);
    this.spots.push(
      { at, kind: 'table' },
      { at: vtable, kind: 'vtable' },
      { at: vtable + 2, kind: 'vtable' },
    );
    const slots = (this.#view.getUint16(vtable, true) - 4) / 2;
    for (let slot = 0; slot < slots; slot++) {
      this.spots.push({ at: vtable + 4 + slot * 2, kind: 'vtable' });
      const offset = this.#view.getUint16(vtable + 4 + slot * 2, true);
      if (offset !== 0 && fields[slot]) this.#field(at + offset, fields[slot]);
    }
  }

  #field(at: number, field: Field): void {
    if (field === 'int8' || field === 'int32' || field === 'code')
      return void this.spots.push({ at, kind: field });
    const to = typeof field === 'string' ? field : field[1]();
    this.#offset(at, 'offset', to);
    const start = this.#target(at);
    if (typeof field === 'string') return this.#vector(start, field);
    if (field[0] === 'one') return this.#table(start, field[1]());
    this.spots.push({ at: start, kind: 'length' });
    for (let i = 0; i < this.#view.getUint32(start, true); i++) {
      const place = start + 4 + i * 4;
      this.#offset(place, 'offset', to);
      this.#table(this.#target(place), field[1]());
    }
  }

  #vector(start: number, name: keyof typeof elements): void {
    const [kind, size] = elements[name];
    this.spots.push({ at: start, kind: 'length' });
    const length = Math.min(64, this.#view.getUint32(start, true));
    for (let i = 0; i < length; i++) this.spots.push({ at: start + 4 + i * size, kind });
  }
}

const known = new WeakMap<Uint8Array, readonly Spot[]>();

function spotsOf(bytes: Uint8Array): readonly Spot[] {
  const found = known.get(bytes) ?? new Walk(bytes).spots;
  known.set(bytes, found);
  return found;
}

class Mutation {
  readonly #view: DataView;
  readonly #random: Random;
  readonly #spots: readonly Spot[];

  constructor(bytes: Uint8Array, spots: readonly Spot[], random: Random) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#spots = spots;
    this.#random = random;
  }

  /** Points to what another offset of the same schema points to: shared parts, cycles, other parts of the model. */
  #retarget({ at, to }: Spot): void {
    const others = this.#spots.filter((s) => s.kind === 'offset' && s.to === to);
    const from = this.#random.pick(others).at;
    const target = from + this.#view.getUint32(from, true);
    this.#view.setUint32(at, target - at, true);
  }

  apply(): void {
    const [random, view] = [this.#random, this.#view];
    const kinds = [...new Set(this.#spots.map((s) => s.kind))];
    const kind = random.pick(kinds);
    const spot = random.pick(this.#spots.filter((s) => s.kind === kind));
    const { at } = spot;
    if (kind === 'vtable') {
      const given = random.pick(this.#spots.filter((s) => s.kind === 'vtable')).at;
      view.setUint16(
        at,
        random.pick([0, 4, view.getUint16(given, true), view.getUint16(at, true) + 2, 65535]),
        true,
      );
    } else if (kind === 'offset' && random.int(0, 2) > 0) this.#retarget(spot);
    else if (kind === 'byte') view.setUint8(at, random.pick([0, 1, 2, 127, 128, 255]));
    else if (kind === 'code') view.setInt8(at, random.int(-1, 127));
    else if (kind === 'int8')
      view.setInt8(at, random.int(0, 2) === 0 ? random.pick([-1, 127, -128]) : random.int(0, 17));
    else if (kind === 'float') view.setFloat32(at, anotherReal(random, view.getFloat32(at, true)), true);
    else if (kind === 'long')
      view.setBigInt64(
        at,
        BigInt.asIntN(64, BigInt(anotherInteger(random, Number(view.getBigInt64(at, true))))),
        true,
      );
    else view.setInt32(at, anotherInteger(random, view.getInt32(at, true)) | 0, true);
  }
}

/** Another TFLite file: offsets, vtables, lengths, codes, indices, dimensions and parameters changed in their places. */
export function mutateTflite(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  for (let n = random.pick([1, 1, 1, 2, 2, 3, 5]); n > 0; n--)
    new Mutation(copy, spotsOf(bytes), random).apply();
  return copy;
}
