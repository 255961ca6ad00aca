import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openIdx, openNpy, openNpz } from './array-source.ts';
import { effective, impliedResize } from './contract.ts';
import { openCsv } from './csv.ts';
import { type DataSource, malformed, mismatch, type RawSample } from './data-source.ts';
import {
  type Contract,
  type Contracts,
  type DataFormat,
  type DatasetSpec,
  type Preprocessing,
  parseDatasetSpec,
  selectedItems,
  type Task,
} from './dataset-spec.ts';
import { detectFormat, fileOfFormat } from './detect-format.ts';
import { openImages } from './images.ts';
import { openMlperfTiny } from './mlperf-tiny.ts';
import { openRaw } from './raw.ts';
import { readBounded, statOf } from './read-bounded.ts';
import type { StoredTensor } from './stored-array.ts';

/** How stored values become a model's input. */
export interface DatasetInfo extends Preprocessing {
  readonly format: DataFormat;
  /** Samples are pictures, which are fitted to the input of the model. */
  readonly picture: boolean;
  /** Somebody said how values are scaled, even if they are not. */
  readonly described: boolean;
}

/** What one input of a model gets, as stored, with what `realInput` needs to know. */
export interface Part {
  readonly input: StoredTensor;
  readonly info: DatasetInfo;
  /** Names the data in errors. */
  readonly where: string;
}

/** A part for the one input of a model, its label, and the parts by name for models of several inputs. */
export interface Sample extends Part, Pick<RawSample, 'label' | 'group'> {
  /** Throws E_DATA_SHAPE where the data has no array of that name. */
  part(name: string): Part;
}

/** Samples by index. Files of folders are read when their sample is asked for. */
export interface Dataset {
  readonly count: number;
  readonly classes?: readonly string[];
  readonly task?: Task;
  /** Name of the output to judge. */
  readonly output?: string;
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
 * Opens a `dataset.json`, a folder that holds one, or a file or folder of a known layout. Stored values of the dtype of
 * `contracts` are preprocessed as those say, unless the description says something itself.
 * Throws E_FILE_READ, E_DATA_FORMAT or E_DATA_SHAPE.
 */
export async function openDataset(path: string, contracts: Contracts = {}): Promise<Dataset> {
  const specPath = specFile(path);
  if (specPath === undefined) return openWith(resolve(path), {}, contracts);
  const spec = readSpec(specPath);
  const base = dirname(resolve(specPath));
  return openWith(resolve(base, spec.path ?? '.'), { ...spec, ...absoluteLabels(spec, base) }, contracts);
}

/** Reads a `dataset.json`. Throws E_FILE_READ, E_DATA_FORMAT or E_DATA_SHAPE. */
export const readSpec = (path: string): DatasetSpec =>
  parseDatasetSpec(readBounded(path, maxSpecBytes).toString('utf8'), path);

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

async function openWith(path: string, spec: DatasetSpec, contracts: Contracts): Promise<Dataset> {
  const format = spec.format ?? detectFormat(path);
  const [only, ...more] = Object.values(contracts);
  const contract = more.length > 0 ? undefined : only;
  const known = isBare(format) && contract ? { dtype: contract.dtype, shape: contract.shape } : {};
  const source = await readers[format](fileOfFormat(path, format), { ...known, ...spec });
  const items = selectedItems(source.items, spec.select);
  const places = placesOf(source, items, path);
  if (places.length === 0)
    throw malformed('the selection is empty', `items of ${source.items}`, 'none', path);
  const part = (input: StoredTensor, own: Preprocessing, agreed: Contract | undefined): Part => ({
    input,
    info: effective(own, agreed, input, format),
    where: path,
  });
  return {
    count: places.length,
    ...(source.classes && { classes: source.classes }),
    ...(spec.task && { task: spec.task }),
    ...(spec.output && { output: spec.output }),
    sample(index) {
      const place = places[index];
      if (!place) throw malformed('no such sample', `0 to ${places.length - 1}`, `${index}`, path);
      const { input, arrays, ...rest } = source.read(place.item, place.window);
      return {
        ...rest,
        ...part(input, impliedResize(spec), contract),
        part: (name) => part(arrayNamed(name, arrays, path), spec.inputs?.[name] ?? {}, contracts[name]),
      };
    },
  };
}

/** Formats whose bytes do not say what they are. */
const isBare = (format: DataFormat): boolean => format === 'raw' || format === 'mlperf-tiny';

function arrayNamed(name: string, arrays: RawSample['arrays'], path: string): StoredTensor {
  const found = arrays?.get(name);
  if (found) return found;
  throw mismatch(
    `an array '${name}' of samples in an .npz file, as many as of the others`,
    [...(arrays?.keys() ?? [])].join(', ') || 'no .npz file',
    path,
  );
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
