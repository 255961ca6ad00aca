import { type DataSource, malformed, mismatch, rowSource } from './data-source.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { readBounded } from './read-bounded.ts';
import { splitCells, splitRows } from './table.ts';

const maxTextBytes = 2 ** 28;
const labelNames = ['label', 'labels', 'class', 'target', 'y', 'species'];

/**
 * A table of numbers, a row a sample. The label column is the one that `labels` names or counts, else one of a usual
 * name, else the last; `labels: false` says that there is none. Labels that are no numbers become the ids of their
 * sorted names.
 */
export function openCsv(path: string, spec: DatasetSpec): DataSource {
  const rows = splitRows(readBounded(path, maxTextBytes).toString('utf8')).map(splitCells);
  if (rows.length === 0) throw malformed('the table is empty', 'at least one row', 'none', path);
  const header = isHeader(rows) ? rows[0] : undefined;
  const body = header ? rows.slice(1) : rows;
  const width = rows[0].length;
  const labelColumn = columnOf(spec, header, width, path);
  const features = Array.from({ length: width }, (_, i) => i).filter((i) => i !== labelColumn);
  const data = new Float32Array(body.length * features.length);
  for (const [i, row] of body.entries()) {
    const where = `${path}: row ${i + 1}`;
    if (row.length !== width) throw mismatch(`${width} cells`, `${row.length}`, where);
    for (const [j, column] of features.entries())
      data[i * features.length + j] = numberIn(row[column], where);
  }
  const labels = labelColumn === undefined ? undefined : labelIds(body.map((row) => row[labelColumn]));
  const classes = spec.classes ?? labels?.classes;
  const array = { data, dtype: 'float32', shape: [body.length, features.length] } as const;
  return rowSource(array, path, { shape: spec.shape, labels: labels?.ids, classes });
}

/** A first row without any number, above a row that has some. */
const isHeader = (rows: readonly (readonly string[])[]): boolean =>
  rows.length > 1 && !rows[0].some(isNumber) && rows[1].some(isNumber);

const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));

function columnOf(
  { labels }: DatasetSpec,
  header: readonly string[] | undefined,
  width: number,
  path: string,
): number | undefined {
  if (labels === false) return undefined;
  const column = typeof labels === 'string' ? (header?.indexOf(labels) ?? -1) : labels;
  if (column !== undefined) {
    if (column < 0 || column >= width)
      throw mismatch(`a column ${labels}`, header?.join(', ') ?? `${width} columns`, path);
    return column;
  }
  const named = header?.findIndex((name) => labelNames.includes(name.toLowerCase())) ?? -1;
  if (named >= 0) return named;
  return width > 1 ? width - 1 : undefined;
}

function numberIn(cell: string, where: string): number {
  if (!isNumber(cell)) throw malformed('a cell is no number', 'a finite number', cell.slice(0, 40), where);
  return Number(cell);
}

function labelIds(cells: readonly string[]): { ids: number[]; classes?: string[] } {
  if (cells.every(isNumber)) return { ids: cells.map(Number) };
  const classes = [...new Set(cells)].sort();
  const idOf = new Map(classes.map((name, i) => [name, i]));
  return { ids: cells.map((cell) => idOf.get(cell) ?? 0), classes };
}
