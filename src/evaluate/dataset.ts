import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openIdx, openNpy, openNpz } from './array-source.ts';
import { openCsv } from './csv.ts';
import { type DataSource, malformed, type RawSample } from './data-source.ts';
import {
  type DataFormat,
  type DatasetSpec,
  type Preprocessing,
  parseDatasetSpec,
  selectedItems,
} from './dataset-spec.ts';
import { detectFormat, fileOfFormat } from './detect-format.ts';
import { openImages } from './images.ts';
import { openMlperfTiny } from './mlperf-tiny.ts';
import { openRaw } from './raw.ts';
import { readBounded, statOf } from './read-bounded.ts';

/** How the stored values of a data set become a model's input. */
export interface DatasetInfo extends Preprocessing {
  readonly format: DataFormat;
  /** Samples are pictures, which are fitted to the input of the model. */
  readonly picture: boolean;
}

/** One input for a model, as stored, with what `realInput` needs to know. */
export interface Sample extends RawSample {
  readonly info: DatasetInfo;
  /** Names the data in errors. */
  readonly where: string;
}

/** Samples by index. Files of folders are read when their sample is asked for. */
export interface Dataset {
  readonly count: number;
  readonly classes?: readonly string[];
  readonly info: DatasetInfo;
  /** Throws E_FILE_READ, E_DATA_FORMAT or E_DATA_SHAPE. */
  sample(index: number): Sample;
}

const maxSpecBytes = 2 ** 26;
const maxSamples = 2 ** 22;

type Reader = (path: string, spec: DatasetSpec) => DataSource | Promise<DataSource>;

const readers: Readonly<Record<DataFormat, Reader>> = {
  'mlperf-tiny': openMlperfTiny,
  npz: openNpz,
  npy: openNpy,
  idx: openIdx,
  csv: openCsv,
  images: openImages,
  raw: openRaw,
};

/**
 * Opens a `dataset.json`, a folder that holds one, or a file or folder of a known layout.
 * Throws E_FILE_READ, E_DATA_FORMAT or E_DATA_SHAPE.
 */
export async function openDataset(path: string): Promise<Dataset> {
  const specPath = specFile(path);
  if (specPath === undefined) return openWith(resolve(path), {});
  const spec = parseDatasetSpec(readBounded(specPath, maxSpecBytes).toString('utf8'), specPath);
  const base = dirname(resolve(specPath));
  return openWith(resolve(base, spec.path ?? '.'), { ...spec, ...absoluteLabels(spec, base) });
}

function specFile(path: string): string | undefined {
  if (!statOf(path).isDirectory()) return /\.json$/i.test(path) ? path : undefined;
  const inside = join(path, 'dataset.json');
  return existsSync(inside) ? inside : undefined;
}

/** A labels file is named from the folder of the `dataset.json`, or from that of the data. */
function absoluteLabels({ labels }: DatasetSpec, base: string): Pick<DatasetSpec, 'labels'> {
  if (typeof labels !== 'string') return {};
  const file = resolve(base, labels);
  return existsSync(file) && statOf(file).isFile() ? { labels: file } : {};
}

async function openWith(path: string, spec: DatasetSpec): Promise<Dataset> {
  const format = spec.format ?? detectFormat(path);
  const source = await readers[format](fileOfFormat(path, format), spec);
  const info = { ...preprocessingOf(spec), format, picture: format === 'images' };
  return datasetOf(source, spec, info, path);
}

function preprocessingOf({
  layout,
  scale,
  zeroPoint,
  mean,
  std,
  resize,
  format,
  shape,
}: DatasetSpec): Preprocessing {
  const [height, width] = shape ?? [];
  const implied =
    format === 'images' &&
    width !== undefined &&
    ({ height, width, fit: 'stretch', method: 'bilinear' } as const);
  const given = { layout, scale, zeroPoint, mean, std, resize: resize ?? (implied || undefined) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function datasetOf(source: DataSource, spec: DatasetSpec, info: DatasetInfo, path: string): Dataset {
  const items = selectedItems(source.items, spec.select);
  const places = placesOf(source, items, path);
  if (places.length === 0)
    throw malformed('the selection is empty', `items of ${source.items}`, 'none', path);
  return {
    count: places.length,
    ...(source.classes && { classes: source.classes }),
    info,
    sample(index) {
      const place = places[index];
      if (!place) throw malformed('no such sample', `0 to ${places.length - 1}`, `${index}`, path);
      return { ...source.read(place.item, place.window), info, where: path };
    },
  };
}

/** Item and window of each sample. Bounded, because a small file may ask for very many windows. */
function placesOf(
  source: DataSource,
  items: readonly number[],
  path: string,
): { item: number; window: number }[] {
  const places: { item: number; window: number }[] = [];
  for (const item of items) {
    const windows = source.windows?.(item) ?? 1;
    if (places.length + windows > maxSamples) {
      throw malformed('too many samples', `at most ${maxSamples}`, `more at item ${item}`, path);
    }
    for (let window = 0; window < windows; window++) places.push({ item, window });
  }
  return places;
}
