import { EdgecError } from '../core/index.ts';
import {
  type Check,
  count,
  finite,
  flag,
  index,
  list,
  nonEmpty,
  oneOf,
  parseMap,
  parseObject,
  positive,
  show,
  wrong,
} from './spec-checks.ts';
import { type StoredDType, storedDTypes } from './stored-array.ts';

export const dataFormats = ['mlperf-tiny', 'npz', 'npy', 'idx', 'csv', 'images', 'raw'] as const;
export type DataFormat = (typeof dataFormats)[number];

export const tasks = ['classification', 'regression', 'reconstruction'] as const;
/** What the output of a model is held against: a class, a number, or its own input. */
export type Task = (typeof tasks)[number];

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

/** What a package keeps of its data, so that nobody has to say it again: the preprocessing of stored samples of one kind. */
export interface Contract extends Preprocessing {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
}

/** Contracts by the names of a model's inputs. */
export type Contracts = Readonly<Record<string, Contract>>;

/** A `dataset.json`. `inputs` is the preprocessing of each array of a model of several inputs. `labels` is a file, an array of an .npz, a column of a CSV, or false for none. */
export interface DatasetSpec extends Preprocessing {
  readonly format?: DataFormat;
  readonly path?: string;
  readonly dtype?: StoredDType;
  readonly shape?: readonly number[];
  readonly select?: Selection;
  readonly labels?: string | number | false;
  readonly input?: string;
  readonly inputs?: Readonly<Record<string, Preprocessing>>;
  readonly classes?: readonly string[];
  readonly task?: Task;
  /** The output of the model that is judged; the first unless said. */
  readonly output?: string;
}

const channels =
  (check: typeof finite): Check =>
  (value, key) =>
    Array.isArray(value) ? list(value, key, check, 65_536) : check(value, key);

const preprocessing: Readonly<Record<keyof Preprocessing, Check>> = {
  layout: oneOf(['NHWC', 'NCHW']),
  scale: positive,
  zeroPoint: finite,
  mean: channels(finite),
  std: channels(positive),
  resize: resizeOf,
};

const stored = {
  dtype: oneOf(storedDTypes),
  shape: (value: unknown, key: string) => list(value, key, count, 8),
};

const fields: Readonly<Record<keyof DatasetSpec, Check>> = {
  ...preprocessing,
  ...stored,
  format: oneOf(dataFormats),
  path: nonEmpty,
  select: selectionOf,
  labels: labelsOf,
  input: nonEmpty,
  inputs: (value, key) => parseMap(value, (entry, place) => parseObject(entry, preprocessing, place), key),
  classes: (value, key) => list(value, key, nonEmpty, 1_000_000),
  task: oneOf(tasks),
  output: nonEmpty,
};

/** Parses the text of a `dataset.json`. Unknown keys are errors. Throws E_DATA_FORMAT, E_DATA_SHAPE for `shape`. */
export function parseDatasetSpec(text: string, where: string): DatasetSpec {
  try {
    return parseObject(parseJson(text), fields, '') as DatasetSpec;
  } catch (error) {
    throw error instanceof EdgecError ? error.within(where) : error;
  }
}

/** The contracts of a package's manifest. Throws E_DATA_FORMAT or E_DATA_SHAPE. */
export function parseContracts(value: unknown, where: string): Contracts {
  if (value === undefined) return {};
  try {
    return parseMap(value, contract, 'preprocessing') as Contracts;
  } catch (error) {
    throw error instanceof EdgecError ? error.within(where) : error;
  }
}

function contract(value: unknown, place: string): unknown {
  const found = parseObject(value, { ...preprocessing, ...stored }, place) as Partial<Contract>;
  if (!found.dtype || !found.shape) throw wrong('a dtype and a shape', show(value), place);
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong('valid JSON', error instanceof Error ? error.message : 'something else', '');
  }
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

/** The items of `length` that a selection keeps, in order. */
export function selectedItems(length: number, selection: Selection = {}): number[] {
  const { from = 0, to = length, step = 1, except = false } = selection;
  const chosen = (i: number) => i >= from && i < to && (i - from) % step === 0;
  return Array.from({ length }, (_, i) => i).filter((i) => chosen(i) !== except);
}
