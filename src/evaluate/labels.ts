import { dirname, resolve } from 'node:path';
import { malformed, mismatch } from './data-source.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { readIdx } from './idx.ts';
import { readNpy } from './npy.ts';
import { readBounded } from './read-bounded.ts';
import type { StoredTensor } from './stored-array.ts';
import { splitCells, splitRows } from './table.ts';

/** Labels in order of the samples, and by name where the file names them. */
export interface Labels {
  readonly inOrder: readonly number[];
  readonly byName?: ReadonlyMap<string, number>;
}

/** Reads a labels file: .npy, IDX, or text of `name,classes,label`, `name,label` or `label` rows. */
export function readLabels(path: string): Labels {
  if (/\.npy$/i.test(path)) return { inOrder: labelsOfArray(readNpy(readBounded(path), path), path) };
  if (/(idx|\.gz|ubyte$)/i.test(path))
    return { inOrder: labelsOfArray(readIdx(readBounded(path), path), path) };
  return readLabelRows(path);
}

function readLabelRows(path: string): Labels {
  const inOrder: number[] = [];
  const byName = new Map<string, number>();
  for (const [i, row] of splitRows(readBounded(path).toString('utf8')).entries()) {
    const cells = splitCells(row);
    const last = cells.length >= 3 ? cells[2] : cells[cells.length - 1];
    const label = last === '' ? Number.NaN : Number(last);
    if (!Number.isFinite(label)) {
      if (i === 0 && cells.length > 0) continue;
      throw malformed('a label is no number', 'a number', last, `${path}:${i + 1}`);
    }
    inOrder.push(label);
    if (cells.length > 1) byName.set(cells[0], label);
  }
  return { inOrder, ...(byName.size > 0 && { byName }) };
}

/** Labels of an array: [N] or [N, 1] as they are, [N, classes] by the greatest entry. */
export function labelsOfArray({ data, shape }: StoredTensor, where: string): number[] {
  const [rows = 0, width = 1, ...more] = shape;
  if (more.length > 0 || rows === 0 || width === 0)
    throw mismatch('labels [N] or [N, classes]', `[${shape}]`, where);
  const values = Array.from(data as ArrayLike<number | bigint>, Number);
  if (width === 1) return values;
  return Array.from({ length: rows }, (_, row) =>
    indexOfGreatest(values.slice(row * width, (row + 1) * width)),
  );
}

const indexOfGreatest = (values: readonly number[]): number =>
  values.reduce((best, value, i) => (value > values[best] ? i : best), 0);

/** The labels that a spec names for the data at `path`, else those of `beside`. Throws E_DATA_SHAPE for another count. */
export function labelsFor(
  spec: DatasetSpec,
  path: string,
  count: number,
  beside?: string,
): number[] | undefined {
  const file = typeof spec.labels === 'string' ? labelsPath(spec.labels, path) : beside;
  if (spec.labels === false || file === undefined) return undefined;
  const { inOrder } = readLabels(file);
  if (inOrder.length !== count) throw mismatch(`${count} labels`, `${inOrder.length}`, file);
  return [...inOrder];
}

/** A labels file that is no absolute path is named from the folder of the data. */
export const labelsPath = (labels: string, path: string): string => resolve(dirname(path), labels);
