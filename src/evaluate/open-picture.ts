import { effective, impliedResize } from './contract.ts';
import { malformed, mismatch } from './data-source.ts';
import type { Part } from './dataset.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { isPicture, openImages } from './images.ts';
import { statOf } from './read-bounded.ts';

/**
 * One picture as a model's input, preprocessed as it is told by a package's contract or a `dataset.json`.
 * Throws E_FILE_READ, E_DATA_FORMAT for no picture, E_DATA_SHAPE where what is told is about values that are no pixels.
 */
export async function openPicture(path: string, told?: DatasetSpec): Promise<Part> {
  if (!statOf(path).isFile() || !isPicture(path))
    throw malformed('an unknown kind of picture', 'a bmp, ppm, pgm, png or jpg file', 'something else', path);
  if (told?.dtype && told.dtype !== 'uint8')
    throw mismatch(`${told.dtype} values, as the preprocessing says`, 'pixels of 8 bits', path);
  const { input } = (await openImages(path, {})).read(0, 0);
  const contract = { shape: [], ...impliedResize(told ?? {}), dtype: 'uint8' } as const;
  return { input, info: effective({}, told ? contract : undefined, input, 'images'), where: path };
}
