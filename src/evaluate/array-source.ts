import { existsSync } from 'node:fs';
import { type DataSource, malformed, rowSource } from './data-source.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { readIdx } from './idx.ts';
import { labelsFor, labelsOfArray, labelsPath, readLabels } from './labels.ts';
import { readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { readBounded } from './read-bounded.ts';
import type { StoredTensor } from './stored-array.ts';

const labelNames = ['labels', 'label', 'y', 'y_test', 'y_train', 'targets'];

/** An .npy file: samples along the first axis. */
export function openNpy(path: string, spec: DatasetSpec): DataSource {
  const array = readNpy(readBounded(path), path);
  const labels = labelsFor(spec, path, array.shape[0] ?? 0);
  return rowSource(array, path, { shape: spec.shape, labels, classes: spec.classes });
}

/**
 * An .npz file. `labels` names an array of it or a file; unsaid, an array of a usual name. The input is the array that
 * `input` names, else the largest of the others.
 */
export function openNpz(path: string, spec: DatasetSpec): DataSource {
  const arrays = readNpz(readBounded(path), path);
  const labelsName = nameOfLabels(arrays, spec);
  const input = pickInput(arrays, spec, labelsName, path);
  const labels =
    labelsName === undefined
      ? fileLabels(spec, path)
      : labelsOfArray(arrays.get(labelsName) as StoredTensor, path);
  const source = rowSource(input, path, { shape: spec.shape, labels, classes: spec.classes });
  const rows = [...arrays].flatMap(([name, array]) =>
    array.shape[0] === source.items ? [[name, rowSource(array, path)] as const] : [],
  );
  const arraysAt = (item: number) => new Map(rows.map(([name, of]) => [name, of.read(item, 0).input]));
  return { ...source, read: (item, window) => ({ ...source.read(item, window), arrays: arraysAt(item) }) };
}

function nameOfLabels(
  arrays: ReadonlyMap<string, StoredTensor>,
  { labels }: DatasetSpec,
): string | undefined {
  if (labels === false) return undefined;
  if (labels === undefined) return labelNames.find((name) => arrays.has(name));
  return arrays.has(`${labels}`) ? `${labels}` : undefined;
}

function fileLabels({ labels }: DatasetSpec, path: string): number[] | undefined {
  if (typeof labels !== 'string') return undefined;
  const file = labelsPath(labels, path);
  if (!existsSync(file))
    throw malformed('the labels are missing', `an array or a file ${labels}`, 'neither', path);
  return [...readLabels(file).inOrder];
}

function pickInput(
  arrays: ReadonlyMap<string, StoredTensor>,
  { input }: DatasetSpec,
  labels: string | undefined,
  path: string,
): StoredTensor {
  const names = [...arrays.keys()];
  if (input !== undefined) {
    const named = arrays.get(input);
    if (!named) throw malformed('the input is missing', `an array ${input}`, names.join(', '), path);
    return named;
  }
  const others = names.filter((name) => name !== labels).map((name) => arrays.get(name) as StoredTensor);
  if (others.length === 0) throw malformed('no array to read', 'an array of samples', names.join(', '), path);
  return others.reduce((largest, array) => (array.data.length > largest.data.length ? array : largest));
}

/** An IDX file of samples, with the labels file that lies beside it (…images-idx3… and …labels-idx1…). */
export function openIdx(path: string, spec: DatasetSpec): DataSource {
  const array = readIdx(readBounded(path), path);
  const beside = path.replace(/images([-.])idx\d/, 'labels$1idx1');
  const found = beside !== path && existsSync(beside) ? beside : undefined;
  const labels = labelsFor(spec, path, array.shape[0], found);
  return rowSource(array, path, { shape: spec.shape, labels, classes: spec.classes });
}
