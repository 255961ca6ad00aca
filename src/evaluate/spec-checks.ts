import { EdgecError } from '../core/index.ts';

/** Returns a field that is right; throws a coded error that names it otherwise. */
export type Check = (value: unknown, key: string) => unknown;
export type Checks = Readonly<Record<string, Check>>;

/** An object of known keys, each checked. */
export function parseObject(value: unknown, checks: Checks, place: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('an object', show(value), place);
  const entries = Object.entries(value).map(([key, field]) => {
    const where = place ? `${place}.${key}` : key;
    if (!Object.hasOwn(checks, key))
      throw wrong(`one of ${Object.keys(checks).join(', ')}`, `"${key}"`, where);
    return [key, checks[key](field, where)];
  });
  return Object.fromEntries(entries);
}

/** An object of any keys, whose values are checked alike. */
export function parseMap(value: unknown, check: Check, place: string): object {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return parseObject(value, Object.fromEntries(keys.map((key) => [key, check])), place);
}

export function list<T>(
  value: unknown,
  key: string,
  check: (item: unknown, key: string) => T,
  most: number,
): T[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    throw wrong(`a list of 1 to ${most} entries`, show(value), key);
  }
  return value.map((item, i) => check(item, `${key}[${i}]`));
}

export function oneOf(values: readonly string[]): Check {
  return (value, key) => {
    if (typeof value !== 'string' || !values.includes(value))
      throw wrong(`one of ${values.join(', ')}`, show(value), key);
    return value;
  };
}

export function nonEmpty(value: unknown, key: string): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0'))
    throw wrong('a text', show(value), key);
  return value;
}

export function finite(value: unknown, key: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('a finite number', show(value), key);
  return value;
}

export function positive(value: unknown, key: string): number {
  if (finite(value, key) <= 0) throw wrong('a number above 0', show(value), key);
  return value as number;
}

export function index(value: unknown, key: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw wrong('an integer from 0', show(value), key);
  return value as number;
}

export function count(value: unknown, key: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > 2 ** 31) {
    throw wrong('an integer from 1', show(value), key);
  }
  return value as number;
}

export function flag(value: unknown, key: string): boolean {
  if (typeof value !== 'boolean') throw wrong('true or false', show(value), key);
  return value;
}

export const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

/** E_DATA_SHAPE for a shape, E_DATA_FORMAT for anything else. */
export function wrong(expected: string, found: string, where: string): EdgecError {
  const code = where.startsWith('shape') ? 'E_DATA_SHAPE' : 'E_DATA_FORMAT';
  return new EdgecError(code, 'the data set is not described rightly', {
    expected,
    found,
    ...(where && { where }),
    remedy: 'correct the dataset.json',
  });
}
