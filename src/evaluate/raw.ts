import { basename, join, resolve } from 'node:path';
import { elementCount } from '../core/index.ts';
import { type DataSource, mismatch, type RawSample, rowSource } from './data-source.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { type Labels, labelsFor, readLabels } from './labels.ts';
import { namesIn, readBounded, statOf } from './read-bounded.ts';
import { decodeElements, type StoredDType, storedBytes } from './stored-array.ts';

const maxSampleBytes = 2 ** 28;

/** Bare little-endian elements: a file of samples one after another, or a folder of files, a sample each. */
export function openRaw(path: string, spec: DatasetSpec): DataSource {
  return statOf(path).isDirectory() ? openFolder(path, spec) : openFile(path, spec);
}

function openFile(path: string, spec: DatasetSpec): DataSource {
  const dtype = spec.dtype ?? 'uint8';
  const data = decodeElements(readBounded(path), dtype, path);
  const shape = spec.shape ?? [data.length];
  const size = elementCount(shape);
  if (data.length === 0 || data.length % size !== 0) {
    throw mismatch(`a multiple of ${size} elements of ${dtype}`, `${data.length}`, path);
  }
  const items = data.length / size;
  const labels = labelsFor(spec, path, items);
  return rowSource({ data, dtype, shape: [items, ...shape] }, path, { labels, classes: spec.classes });
}

function openFolder(path: string, spec: DatasetSpec): DataSource {
  const names = namesIn(path).filter((name) => /\.(bin|raw|dat)$/i.test(name));
  if (names.length === 0) throw mismatch('files of .bin, .raw or .dat', 'none', path);
  const labels = typeof spec.labels === 'string' ? readLabels(resolve(path, spec.labels)) : undefined;
  return {
    items: names.length,
    ...(spec.classes && { classes: spec.classes }),
    read: (item) => ({
      input: readRawSample(join(path, names[item]), spec.dtype ?? 'uint8', spec.shape),
      ...labelAt(labels, names[item], item, names.length),
    }),
  };
}

function labelAt(labels: Labels | undefined, name: string, item: number, items: number): { label?: number } {
  if (labels === undefined) return {};
  const label = labels.byName ? labels.byName.get(name) : labels.inOrder[item];
  if (label === undefined || (!labels.byName && labels.inOrder.length !== items)) {
    throw mismatch(`a label for each of ${items} files`, `${labels.inOrder.length} labels`, basename(name));
  }
  return { label };
}

/** One file as one sample. Throws E_DATA_SHAPE where it does not fill `shape`. */
export function readRawSample(
  path: string,
  dtype: StoredDType,
  shape?: readonly number[],
): RawSample['input'] {
  const data = decodeElements(readBounded(path, maxSampleBytes), dtype, path);
  if (shape && data.length !== elementCount(shape)) {
    const bytes = elementCount(shape) * storedBytes(dtype);
    throw mismatch(`${bytes} bytes for ${dtype} [${shape}]`, `${data.byteLength} bytes`, path);
  }
  if (data.length === 0) throw mismatch('at least one element', 'an empty file', path);
  return { data, dtype, shape: shape ?? [data.length] };
}
