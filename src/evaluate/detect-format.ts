import { join } from 'node:path';
import { malformed } from './data-source.ts';
import type { DataFormat } from './dataset-spec.ts';
import { holdsPictures, isPicture } from './images.ts';
import { labelsFile } from './mlperf-tiny.ts';
import { namesIn, statOf } from './read-bounded.ts';

const patterns: readonly (readonly [RegExp, DataFormat])[] = [
  [/\.npz$/i, 'npz'],
  [/\.npy$/i, 'npy'],
  [/\.(csv|tsv|txt)$/i, 'csv'],
  [/(ubyte|\.idx)(\.gz)?$|idx\d.*\.gz$/i, 'idx'],
  [/\.(bin|raw|dat)$/i, 'raw'],
];

const formatOfName = (name: string): DataFormat | undefined =>
  isPicture(name) ? 'images' : patterns.find(([pattern]) => pattern.test(name))?.[1];

/** The format of a file by its name, of a folder by what it holds. Throws E_DATA_FORMAT. */
export function detectFormat(path: string): DataFormat {
  const format = statOf(path).isDirectory() ? formatOfFolder(path) : formatOfName(path);
  if (format !== undefined) return format;
  throw malformed(
    'an unknown layout of data',
    'npz, npy, IDX, CSV, pictures, raw files, a folder with y_labels.csv, or a dataset.json',
    'something else',
    path,
  );
}

function formatOfFolder(path: string): DataFormat | undefined {
  const names = namesIn(path);
  if (names.includes(labelsFile)) return 'mlperf-tiny';
  if (names.some((name) => isPicture(name) || holdsPictures(join(path, name)))) return 'images';
  const formats = new Set(names.map(formatOfName).filter((format) => format !== undefined));
  return formats.size === 1 ? [...formats][0] : undefined;
}

/** The file of a format that one file makes up, where `path` is the folder around it. Throws E_DATA_FORMAT. */
export function fileOfFormat(path: string, format: DataFormat): string {
  if (format === 'mlperf-tiny' || format === 'images' || format === 'raw' || !statOf(path).isDirectory())
    return path;
  const files = namesIn(path).filter((name) => formatOfName(name) === format && !/labels/i.test(name));
  if (files.length === 1) return join(path, files[0]);
  throw malformed(`which ${format} file of the folder`, 'one file', `${files.length}`, path);
}
