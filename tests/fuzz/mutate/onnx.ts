import { importers } from '../../../src/compiler/formats/onnx/ops/index.ts';
import { decode, encode, type Schema } from '../../../src/compiler/formats/onnx/proto/message.ts';
import { attributeSchema, graphSchema, modelSchema } from '../../../src/compiler/formats/onnx/proto/onnx.ts';
import type { Random } from '../../../src/core/index.ts';
import { joined } from './bytes.ts';
import { anotherInteger, anotherReal } from './numbers.ts';

type Loose = Record<string, unknown>;
type Kind = Schema[string][1];

/** A field of a message of the tree, absent ones included. */
interface Spot {
  readonly message: Loose;
  readonly name: string;
  readonly kind: Kind;
  readonly many: boolean;
}

const operators = Object.values(importers).flatMap((family) => Object.keys(family));
const domains = ['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft', 'nobody'];
const strings = [
  '',
  'x',
  'y',
  'x0',
  'c1',
  '../w.bin',
  '/etc/hostname',
  'location',
  'offset',
  'length',
  '-1',
  '1e99',
  '__proto__',
  'axis',
  'axes',
  'value',
  'mode',
  'NOTSET',
  'SAME_UPPER',
  'bilinear',
  'LEAF',
  'a'.repeat(300),
];

/** Subgraphs are bytes in the tree; here they are messages as all others. */
const subgraphs = new Map<unknown, Schema>([[attributeSchema.g, graphSchema]]);

function open(schema: Schema, bytes: Uint8Array): Loose {
  const message = decode(schema, bytes) as Loose;
  openGraphs(schema, message);
  return message;
}

function openGraphs(schema: Schema, message: Loose): void {
  for (const [name, field] of Object.entries(schema)) {
    const inner = subgraphs.get(field);
    const value = message[name];
    if (inner && value instanceof Uint8Array) message[name] = open(inner, value);
    else if (typeof field[1] === 'object' && value !== undefined)
      for (const one of field[2] ? (value as Loose[]) : [value as Loose]) openGraphs(field[1], one);
  }
}

function close(schema: Schema, message: Loose): Uint8Array {
  return encode(schema, closed(schema, message) as never);
}

function closed(schema: Schema, message: Loose): Loose {
  const out: Loose = { ...message };
  for (const [name, field] of Object.entries(schema)) {
    const inner = subgraphs.get(field);
    const value = out[name];
    if (inner && value !== undefined && !(value instanceof Uint8Array))
      out[name] = close(inner, value as Loose);
    else if (typeof field[1] === 'object' && value !== undefined) {
      const nested = field[1];
      out[name] = field[2]
        ? (value as Loose[]).map((one) => closed(nested, one))
        : closed(nested, value as Loose);
    }
  }
  return out;
}

function spotsOf(schema: Schema, message: Loose, spots: Spot[] = []): Spot[] {
  for (const [name, field] of Object.entries(schema)) {
    const kind = subgraphs.get(field) ?? field[1];
    spots.push({ message, name, kind, many: field[2] === 'many' });
    const value = message[name];
    if (typeof kind !== 'object' || value === undefined) continue;
    for (const one of field[2] ? (value as Loose[]) : [value as Loose]) spotsOf(kind, one, spots);
  }
  return spots;
}

/** One mutation at a time, over the trees of a model and of another one. */
class Mutation {
  readonly #random: Random;
  readonly #spots: readonly Spot[];
  readonly #others: readonly Spot[];

  constructor(random: Random, spots: readonly Spot[], others: readonly Spot[]) {
    this.#random = random;
    this.#spots = spots;
    this.#others = others;
  }

  /** What another spot of the same kind holds. */
  #borrowed(kind: Kind): unknown {
    const from = this.#random.int(0, 1) === 0 ? this.#spots : this.#others;
    const same = from.filter((s) => s.kind === kind && s.message[s.name] !== undefined);
    if (same.length === 0) return undefined;
    const { message, name, many } = this.#random.pick(same);
    return many
      ? (message[name] as unknown[])[this.#random.int(0, (message[name] as unknown[]).length - 1)]
      : message[name];
  }

  #text(name: string): string {
    const random = this.#random;
    if (name === 'opType') return random.pick(operators);
    if (name === 'domain') return random.pick(domains);
    return random.int(0, 2) === 0 ? random.pick(strings) : ((this.#borrowed('string') as string) ?? '');
  }

  #bytes(value: Uint8Array): Uint8Array {
    const random = this.#random;
    const kind = random.int(0, 4);
    if (kind === 0) return value.subarray(0, random.int(0, value.length));
    if (kind === 1) return joined(value, value.subarray(0, random.int(1, 9)));
    if (kind === 2) return (this.#borrowed('bytes') as Uint8Array) ?? value;
    const copy = value.slice();
    const at = random.int(0, Math.max(0, copy.length - 1));
    if (kind === 3 && copy.length >= 4)
      new DataView(copy.buffer, copy.byteOffset).setFloat32(
        Math.min(at, copy.length - 4),
        anotherReal(random, 1),
        true,
      );
    else if (copy.length > 0) copy[at] = random.pick([0, 1, 2, 127, 128, 255]);
    return copy;
  }

  #value(kind: Kind, name: string, value: unknown): unknown {
    if (typeof kind === 'object') return structuredClone(this.#borrowed(kind) ?? emptyOf(kind));
    if (kind === 'int') return anotherInteger(this.#random, Number(value ?? 0));
    if (kind === 'string') return this.#text(name);
    if (kind === 'bytes') return this.#bytes((value as Uint8Array) ?? new Uint8Array(0));
    return anotherReal(this.#random, Number(value ?? 1));
  }

  #list(list: unknown[], kind: Kind, name: string): void {
    const random = this.#random;
    const at = random.int(0, Math.max(0, list.length - 1));
    const change = random.int(0, 5);
    if (list.length === 0 || change === 0) list.splice(at, 0, this.#value(kind, name, list[at]));
    else if (change === 1) list.splice(at, 1);
    else if (change === 2) list.push(structuredClone(list[at]));
    else if (change === 3) list.unshift(...list.splice(at, 1));
    else list[at] = this.#value(kind, name, list[at]);
  }

  apply(): void {
    const random = this.#random;
    const filled = this.#spots.filter((s) => s.message[s.name] !== undefined);
    const { message, name, kind, many } = random.pick(random.int(0, 4) === 0 ? this.#spots : filled);
    if (many) {
      message[name] ??= [];
      this.#list(message[name] as unknown[], kind, name);
    } else if (message[name] !== undefined && random.int(0, 5) === 0) delete message[name];
    else message[name] = this.#value(kind, name, message[name]);
  }
}

const emptyOf = (schema: Schema): Loose =>
  Object.fromEntries(Object.entries(schema).flatMap(([name, field]) => (field[2] ? [[name, []]] : [])));

/** Another ONNX model: fields changed, left out, repeated, or taken from elsewhere, subgraphs included. */
export function mutateOnnx(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const model = open(modelSchema, bytes);
  const others = spotsOf(modelSchema, open(modelSchema, other));
  for (let n = random.pick([1, 1, 1, 2, 2, 3, 5]); n > 0; n--)
    new Mutation(random, spotsOf(modelSchema, model), others).apply();
  return close(modelSchema, model);
}
