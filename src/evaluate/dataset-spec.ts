import { EdgecError } from '../core/index.ts';
import { type StoredDType, storedDTypes } from './stored-array.ts';

export const dataFormats = ['mlperf-tiny', 'npz', 'npy', 'idx', 'csv', 'images', 'raw'] as const;
export type DataFormat = (typeof dataFormats)[number];

/** Every `step`-th item of [from, to), or with `except` all items but those. Files are the items of a windowed set. */
export interface Selection {
  readonly from?: number;
  readonly to?: number;
  readonly step?: number;
  readonly except?: boolean;
}

/** Pictures: scaled to height × width (`stretch`, or `cover` and cut), then cut in the middle to `crop`. */
export interface Resize {
  readonly height: number;
  readonly width: number;
  readonly fit: 'stretch' | 'cover';
  readonly method: 'bilinear' | 'nearest';
  readonly crop?: readonly [height: number, width: number];
}

/** How stored values become real ones: `scale·(x − zeroPoint)`, then `(x − mean) / std`. */
export interface Preprocessing {
  readonly layout?: 'NHWC' | 'NCHW';
  readonly scale?: number;
  readonly zeroPoint?: number;
  readonly mean?: number | readonly number[];
  readonly std?: number | readonly number[];
  readonly resize?: Resize;
}

/** A `dataset.json`. `labels` is a file, an array of an .npz, a column of a CSV, or false for none. */
export interface DatasetSpec extends Preprocessing {
  readonly format?: DataFormat;
  readonly path?: string;
  readonly dtype?: StoredDType;
  readonly shape?: readonly number[];
  readonly select?: Selection;
  readonly labels?: string | number | false;
  readonly input?: string;
  readonly classes?: readonly string[];
}

type Check = (value: unknown, key: string) => unknown;

const fields: Readonly<Record<keyof DatasetSpec, Check>> = {
  format: oneOf(dataFormats),
  path: nonEmpty,
  dtype: oneOf(storedDTypes),
  shape: (value, key) => list(value, key, count, 8),
  layout: oneOf(['NHWC', 'NCHW']),
  scale: positive,
  zeroPoint: finite,
  mean: (value, key) => (Array.isArray(value) ? list(value, key, finite, 65_536) : finite(value, key)),
  std: (value, key) => (Array.isArray(value) ? list(value, key, positive, 65_536) : positive(value, key)),
  resize: resizeOf,
  select: selectionOf,
  labels: labelsOf,
  input: nonEmpty,
  classes: (value, key) => list(value, key, nonEmpty, 1_000_000),
};

/** Parses the text of a `dataset.json`. Unknown keys are errors. Throws E_DATA_FORMAT, E_DATA_SHAPE for `shape`. */
export function parseDatasetSpec(text: string, where: string): DatasetSpec {
  try {
    return parseObject(parseJson(text), fields, '') as DatasetSpec;
  } catch (error) {
    throw error instanceof EdgecError ? error.within(where) : error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong('valid JSON', error instanceof Error ? error.message : 'something else', '');
  }
}

function parseObject(value: unknown, checks: Readonly<Record<string, Check>>, place: string): object {
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

function resizeOf(value: unknown, key: string): Resize {
  if (Array.isArray(value)) return { ...pair(value, key), fit: 'stretch', method: 'bilinear' };
  const given = parseObject(
    value,
    {
      height: count,
      width: count,
      fit: oneOf(['stretch', 'cover']),
      method: oneOf(['bilinear', 'nearest']),
      crop: (crop, place) => Object.values(pair(crop, place)),
    },
    key,
  ) as Partial<Resize>;
  const { height, width } = given;
  if (height === undefined || width === undefined) throw wrong('a height and a width', show(value), key);
  const [cropHeight, cropWidth] = given.crop ?? [height, width];
  if (cropHeight > height || cropWidth > width)
    throw wrong('a crop inside the resized picture', show(value), key);
  return { fit: 'stretch', method: 'bilinear', ...given, height, width };
}

function pair(value: unknown, key: string): { height: number; width: number } {
  const [height, width, ...more] = list(value, key, count, 2) as number[];
  if (width === undefined || more.length > 0) throw wrong('[height, width]', show(value), key);
  return { height, width };
}

function selectionOf(value: unknown, key: string): Selection {
  const checks = { from: index, to: index, step: count, except: flag };
  const selection = parseObject(value, checks, key) as Selection;
  if (selection.to !== undefined && selection.to < (selection.from ?? 0))
    throw wrong('from ≤ to', show(value), key);
  return selection;
}

function labelsOf(value: unknown, key: string): string | number | false {
  if (value === false) return false;
  return typeof value === 'string' ? nonEmpty(value, key) : index(value, key);
}

function list<T>(value: unknown, key: string, check: (item: unknown, key: string) => T, most: number): T[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    throw wrong(`a list of 1 to ${most} entries`, show(value), key);
  }
  return value.map((item, i) => check(item, `${key}[${i}]`));
}

function oneOf(values: readonly string[]): Check {
  return (value, key) => {
    if (typeof value !== 'string' || !values.includes(value))
      throw wrong(`one of ${values.join(', ')}`, show(value), key);
    return value;
  };
}

function nonEmpty(value: unknown, key: string): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0'))
    throw wrong('a text', show(value), key);
  return value;
}

function finite(value: unknown, key: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('a finite number', show(value), key);
  return value;
}

function positive(value: unknown, key: string): number {
  if (finite(value, key) <= 0) throw wrong('a number above 0', show(value), key);
  return value as number;
}

function index(value: unknown, key: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw wrong('an integer from 0', show(value), key);
  return value as number;
}

function count(value: unknown, key: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > 2 ** 31) {
    throw wrong('an integer from 1', show(value), key);
  }
  return value as number;
}

function flag(value: unknown, key: string): boolean {
  if (typeof value !== 'boolean') throw wrong('true or false', show(value), key);
  return value;
}

const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

function wrong(expected: string, found: string, where: string): EdgecError {
  const code = where.startsWith('shape') ? 'E_DATA_SHAPE' : 'E_DATA_FORMAT';
  return new EdgecError(code, 'the data set is not described rightly', {
    expected,
    found,
    ...(where && { where }),
    remedy: 'correct the dataset.json',
  });
}

/** The items of `length` that a selection keeps, in order. */
export function selectedItems(length: number, selection: Selection = {}): number[] {
  const { from = 0, to = length, step = 1, except = false } = selection;
  const chosen = (i: number) => i >= from && i < to && (i - from) % step === 0;
  return Array.from({ length }, (_, i) => i).filter((i) => chosen(i) !== except);
}
