import type { AttrSchema, AttrSpec, Attrs, AttrsOf, AttrValue } from './define-op.ts';
import { EdgecError } from './errors.ts';

const isList = (v: unknown): v is readonly number[] =>
  Array.isArray(v) && v.every((x) => typeof x === 'number');

/** Packages store integers in 32 bits. */
const isWord = (v: unknown): boolean => v === ((v as number) | 0);

function matches(spec: AttrSpec, v: AttrValue): boolean {
  switch (spec.kind) {
    case 'int':
      return isWord(v);
    case 'float':
      return typeof v === 'number' && !Number.isNaN(v);
    case 'bool':
      return typeof v === 'boolean';
    case 'enum':
      return spec.values.includes(v as string);
    case 'ints':
      return isList(v) && v.every(isWord) && (spec.length === undefined || v.length === spec.length);
    case 'floats':
      return isList(v) && (spec.length === undefined || v.length === spec.length);
  }
}

/** `given` with defaults filled in. Throws E_OP_ATTRIBUTE for a missing, unknown or ill-typed attribute. */
export function completeAttrs<S extends AttrSchema>(
  op: string,
  schema: S,
  given: Readonly<Record<string, AttrValue | undefined>>,
): AttrsOf<S> {
  for (const name of Object.keys(given)) {
    if (!(name in schema)) throw new EdgecError('E_OP_ATTRIBUTE', `${op} has no attribute '${name}'`);
  }
  const complete: Record<string, AttrValue> = {};
  for (const [name, spec] of Object.entries(schema)) {
    const value = given[name] ?? spec.default;
    if (value === undefined || !matches(spec, value)) {
      throw new EdgecError(
        'E_OP_ATTRIBUTE',
        `attribute '${name}' of ${op} is ${value === undefined ? 'missing' : 'not valid'}`,
        {
          expected: spec.kind,
          found: JSON.stringify(value) ?? 'nothing',
        },
      );
    }
    complete[name] = value;
  }
  return complete as AttrsOf<S>;
}

const bits = new DataView(new ArrayBuffer(4));
function floatToBits(v: number): number {
  bits.setFloat32(0, v);
  return bits.getInt32(0);
}
function bitsToFloat(v: number): number {
  bits.setInt32(0, v);
  return bits.getFloat32(0);
}

/**
 * Attributes as 32-bit words in the order of the schema: a scalar is one word (floats as their binary32 bits,
 * enums as their index), a list of fixed length its elements, any other list its length and its elements.
 */
export function encodeAttrs(schema: AttrSchema, attrs: Attrs): number[] {
  const words: number[] = [];
  for (const [name, spec] of Object.entries(schema)) {
    const v = attrs[name];
    if (spec.kind === 'int') words.push(v as number);
    else if (spec.kind === 'float') words.push(floatToBits(v as number));
    else if (spec.kind === 'bool') words.push(v ? 1 : 0);
    else if (spec.kind === 'enum') words.push(spec.values.indexOf(v as string));
    else {
      const list = v as readonly number[];
      if (spec.length === undefined) words.push(list.length);
      words.push(...(spec.kind === 'floats' ? list.map(floatToBits) : list));
    }
  }
  return words;
}

/** The inverse of `encodeAttrs`. Throws E_PACKAGE_CORRUPT when the words do not fit the schema. */
export function decodeAttrs(op: string, schema: AttrSchema, words: Int32Array): Attrs {
  let at = 0;
  const take = (): number => {
    if (at >= words.length) throw new EdgecError('E_PACKAGE_CORRUPT', `attributes of ${op} end early`);
    return words[at++];
  };
  const attrs: Record<string, AttrValue> = {};
  for (const [name, spec] of Object.entries(schema)) {
    if (spec.kind === 'int') attrs[name] = take();
    else if (spec.kind === 'float') attrs[name] = bitsToFloat(take());
    else if (spec.kind === 'bool') attrs[name] = take() !== 0;
    else if (spec.kind === 'enum') {
      const index = take();
      if (!(index in spec.values))
        throw new EdgecError('E_PACKAGE_CORRUPT', `attribute '${name}' of ${op} has no value ${index}`);
      attrs[name] = spec.values[index];
    } else {
      const length = spec.length ?? take();
      if (length < 0 || length > words.length - at)
        throw new EdgecError('E_PACKAGE_CORRUPT', `attribute '${name}' of ${op} ends early`);
      const list = Array.from({ length }, take);
      attrs[name] = spec.kind === 'floats' ? list.map(bitsToFloat) : list;
    }
  }
  if (at !== words.length) throw new EdgecError('E_PACKAGE_CORRUPT', `attributes of ${op} are too long`);
  return attrs;
}
