import { EdgecError, elementCount } from '../core/index.ts';
import { type StoredTensor, sliceStored } from './stored-array.ts';

export interface RawSample {
  readonly input: StoredTensor;
  /** All arrays of the sample by name, for models of several inputs. */
  readonly arrays?: ReadonlyMap<string, StoredTensor>;
  /** Class id, or the true value of a regression. */
  readonly label?: number;
  /** What the windows of one file have in common. */
  readonly group?: string;
}

/** What a reader makes of files: items (files or rows) that `select` counts, each of one or more samples. */
export interface DataSource {
  readonly items: number;
  readonly classes?: readonly string[];
  /** Samples of an item; one where absent. */
  windows?(item: number): number;
  read(item: number, window: number): RawSample;
}

/** The samples along the first axis of an array. Throws E_DATA_SHAPE. */
export function rowSource(
  array: StoredTensor,
  where: string,
  options: { shape?: readonly number[]; labels?: readonly number[]; classes?: readonly string[] } = {},
): DataSource {
  const { labels, classes } = options;
  const [items = 0, ...rest] = array.shape;
  const size = elementCount(rest);
  const shape = options.shape ?? rest;
  if (items === 0 || size === 0) throw mismatch('at least one sample', `shape [${array.shape}]`, where);
  if (elementCount(shape) !== size) throw mismatch(`[${shape}] a sample`, `[${rest}]`, where);
  if (labels && labels.length !== items) throw mismatch(`${items} labels`, `${labels.length}`, where);
  return {
    items,
    ...(classes && { classes }),
    read: (item) => ({
      input: { data: sliceStored(array.data, item * size, (item + 1) * size), dtype: array.dtype, shape },
      ...(labels && { label: labels[item] }),
    }),
  };
}

/** An E_DATA_SHAPE error. */
export const mismatch = (expected: string, found: string, where: string): EdgecError =>
  new EdgecError('E_DATA_SHAPE', 'the data does not have the shape it should', {
    expected,
    found,
    where,
    remedy: 'correct shape, dtype or labels in the dataset.json',
  });

/** An E_DATA_FORMAT error. */
export const malformed = (message: string, expected: string, found: string, where: string): EdgecError =>
  new EdgecError('E_DATA_FORMAT', message, { expected, found, where });
