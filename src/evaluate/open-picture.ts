import { impliedResize } from './contract.ts';
import { malformed, mismatch } from './data-source.ts';
import type { Part } from './dataset.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { isPicture, openImages } from './images.ts';
import { statOf } from './read-bounded.ts';

/**
 * One picture as a model's input, preprocessed as `spec` says, a package's contract or a `dataset.json`; without one its
 * pixels are the real values. Throws E_FILE_READ, E_DATA_FORMAT for no picture, E_DATA_SHAPE for a spec about values that
 * are no pixels.
 */
export async function openPicture(path: string, spec: DatasetSpec = {}): Promise<Part> {
  if (!statOf(path).isFile() || !isPicture(path))
    throw malformed('an unknown kind of picture', 'a bmp, ppm, pgm, png or jpg file', 'something else', path);
  if (spec.dtype && spec.dtype !== 'uint8')
    throw mismatch(`${spec.dtype} values, as the preprocessing says`, 'pixels of 8 bits', path);
  const { input } = (await openImages(path, {})).read(0, 0);
  const { scale, zeroPoint, mean, std, resize } = impliedResize(spec);
  return {
    input,
    info: { scale, zeroPoint, mean, std, resize, format: 'images', picture: true },
    where: path,
  };
}
