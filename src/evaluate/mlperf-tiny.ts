import { basename, join, resolve } from 'node:path';
import { elementCount } from '../core/index.ts';
import { type DataSource, malformed, mismatch, type RawSample } from './data-source.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { readRawSample } from './raw.ts';
import { readBounded, statOf } from './read-bounded.ts';
import { type StoredDType, type StoredTensor, sliceStored, storedBytes } from './stored-array.ts';
import { splitCells, splitRows } from './table.ts';

export const labelsFile = 'y_labels.csv';

interface Row {
  readonly name: string;
  readonly label: number;
  /** Bytes of a window and from one window to the next; a file without them is one sample. */
  readonly window?: Window;
}

interface Window {
  readonly bytes: number;
  readonly step: number;
}

/**
 * A folder of binary files that `y_labels.csv` lists: name, classes, label and, for files that are read in windows,
 * the bytes of a window and of a step. Windows are float32 unless the spec says otherwise, other files uint8.
 */
export function openMlperfTiny(folder: string, spec: DatasetSpec): DataSource {
  const rows = readRows(resolve(folder, typeof spec.labels === 'string' ? spec.labels : labelsFile));
  const load = rememberLast((path) => readRawSample(path, spec.dtype ?? 'float32'));
  return {
    items: rows.length,
    ...(spec.classes && { classes: spec.classes }),
    windows: (item) => windowCount(join(folder, rows[item].name), rows[item]),
    read: (item, window) => {
      const row = rows[item];
      const path = join(folder, row.name);
      if (row.window) return readWindow(load(path), row, row.window, window, spec, path);
      return { input: readRawSample(path, spec.dtype ?? 'uint8', spec.shape), label: row.label };
    },
  };
}

function readRows(path: string): Row[] {
  const rows = splitRows(readBounded(path).toString('utf8')).map((row, i) =>
    parseRow(row, `${path}: row ${i + 1}`),
  );
  if (rows.length === 0) throw malformed('no file is listed', 'at least one row', 'none', path);
  return rows;
}

function parseRow(row: string, where: string): Row {
  const [name, ...cells] = splitCells(row);
  const numbers = cells.map(Number);
  if (numbers.length !== 2 && numbers.length !== 4) {
    throw malformed(
      'a row of labels is malformed',
      'name, classes, label[, window, step]',
      row.slice(0, 80),
      where,
    );
  }
  if (name === '' || name !== basename(name) || name === '..' || name.includes('\0')) {
    throw malformed('a listed name is no file of the folder', 'a file name', name.slice(0, 80), where);
  }
  const [classes, label, bytes, step] = numbers;
  const whole = numbers.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!whole || label >= classes || bytes === 0 || step === 0) {
    throw malformed(
      'a row of labels is malformed',
      'whole numbers and a label below classes',
      row.slice(0, 80),
      where,
    );
  }
  return bytes === undefined ? { name, label } : { name, label, window: { bytes, step } };
}

function windowCount(path: string, { window }: Row): number {
  if (!window) return 1;
  const { size } = statOf(path);
  if (size < window.bytes) throw mismatch(`at least ${window.bytes} bytes`, `${size}`, path);
  return Math.floor((size - window.bytes) / window.step) + 1;
}

function readWindow(
  file: StoredTensor,
  row: Row,
  window: Window,
  index: number,
  spec: DatasetSpec,
  path: string,
): RawSample {
  const [elements, step] = [window.bytes, window.step].map((bytes) => wholeElements(bytes, file.dtype, path));
  const shape = spec.shape ?? [elements];
  if (elementCount(shape) !== elements) throw mismatch(`[${shape}]`, `${elements} elements a window`, path);
  const data = sliceStored(file.data, index * step, index * step + elements);
  return { input: { data, dtype: file.dtype, shape }, label: row.label, group: row.name };
}

/** `load`, which keeps its last result: windows of one file follow each other. */
function rememberLast(load: (path: string) => StoredTensor): (path: string) => StoredTensor {
  let last: { path: string; file: StoredTensor } | undefined;
  return (path) => {
    if (last?.path !== path) last = { path, file: load(path) };
    return last.file;
  };
}

function wholeElements(bytes: number, dtype: StoredDType, path: string): number {
  const elements = bytes / storedBytes(dtype);
  if (!Number.isInteger(elements)) throw mismatch(`whole elements of ${dtype}`, `${bytes} bytes`, path);
  return elements;
}
