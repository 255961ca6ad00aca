import { extname, join, resolve } from 'node:path';
import { decodeBmp } from './bmp.ts';
import { type DataSource, malformed, mismatch } from './data-source.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { decodeJpeg } from './jpeg.ts';
import { readLabels } from './labels.ts';
import { type Picture, withoutAlpha } from './picture.ts';
import { decodePng } from './png.ts';
import { decodePpm } from './ppm.ts';
import { maxDataBytes, namesIn, readBounded, statOf } from './read-bounded.ts';

const decoders: Readonly<Record<string, (bytes: Uint8Array, where: string) => Picture>> = {
  '.bmp': decodeBmp,
  '.ppm': decodePpm,
  '.pgm': decodePpm,
  '.png': decodePng,
};

const maxFileBytes = 2 ** 28;
const isJpeg = (name: string): boolean => /\.jpe?g$/i.test(name);
const decoderOf = (name: string) => decoders[extname(name).toLowerCase()];

/** True for names that `openImages` reads. */
export const isPicture = (name: string): boolean => isJpeg(name) || decoderOf(name) !== undefined;

interface File {
  readonly path: string;
  readonly name: string;
  readonly label?: number;
}

/**
 * A picture, a folder of pictures, or a folder with one folder of pictures a class (ids in the order of `classes`, else
 * of the folders' names). JPEG files are decoded here and now, others when they are read.
 */
export async function openImages(path: string, spec: DatasetSpec): Promise<DataSource> {
  const { files, classes } = findFiles(path, spec);
  if (files.length === 0)
    throw malformed('no picture is there', 'bmp, ppm, pgm, png or jpg files', 'none', path);
  const decoded = await decodeJpegs(files);
  return {
    items: files.length,
    ...(classes && { classes }),
    read: (item) => {
      const { path: file, label } = files[item];
      const { width, height, channels, data } = decoded.get(file) ?? readPicture(file);
      return {
        input: { data, dtype: 'uint8', shape: [height, width, channels] },
        ...(label !== undefined && { label }),
      };
    },
  };
}

/** Decodes one BMP, PPM, PGM or PNG file, without alpha. Throws E_DATA_FORMAT. */
export function readPicture(path: string): Picture {
  const decode = decoderOf(path);
  if (!decode) throw malformed('an unknown kind of picture', 'bmp, ppm, pgm or png', extname(path), path);
  return withoutAlpha(decode(readBounded(path, maxFileBytes), path));
}

async function decodeJpegs(files: readonly File[]): Promise<Map<string, Picture>> {
  const decoded = new Map<string, Picture>();
  let budget = maxDataBytes;
  for (const { path } of files.filter((file) => isJpeg(file.name))) {
    const picture = withoutAlpha(await decodeJpeg(readBounded(path, maxFileBytes), path));
    budget -= picture.data.length;
    if (budget < 0)
      throw malformed('the JPEG pictures are too large', `${maxDataBytes} decoded bytes`, 'more', path);
    decoded.set(path, picture);
  }
  return decoded;
}

function findFiles(path: string, spec: DatasetSpec): { files: File[]; classes?: readonly string[] } {
  if (!statOf(path).isDirectory()) return { files: [{ path, name: path }] };
  const names = namesIn(path);
  const classes = spec.classes ?? names.filter((name) => holdsPictures(join(path, name)));
  if (classes.length > 0 && !names.some(isPicture)) {
    return {
      classes,
      files: classes.flatMap((name, label) => picturesIn(join(path, name)).map((f) => ({ ...f, label }))),
    };
  }
  return { files: labelled(picturesIn(path), path, spec), ...(spec.classes && { classes: spec.classes }) };
}

const picturesIn = (folder: string): File[] =>
  namesIn(folder)
    .filter(isPicture)
    .map((name) => ({ path: join(folder, name), name }));

/** True for a folder with a picture in it. */
export const holdsPictures = (path: string): boolean =>
  statOf(path).isDirectory() && namesIn(path).some(isPicture);

function labelled(files: File[], path: string, { labels }: DatasetSpec): File[] {
  if (typeof labels !== 'string') return files;
  const { byName, inOrder } = readLabels(resolve(path, labels));
  return files.map((file, i) => {
    const label = byName ? byName.get(file.name) : inOrder[i];
    if (label === undefined) throw mismatch('a label for each picture', 'none', file.path);
    return { ...file, label };
  });
}
