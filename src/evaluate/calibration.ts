import type { TensorType } from '../core/index.ts';
import type { Dataset } from './dataset.ts';
import { realInput } from './preprocess.ts';

/** At most `limit` indexes, evenly spread over all samples; windows of a file lie side by side, so over the files too. */
export function spreadIndexes(count: number, limit: number): number[] {
  const taken = Math.min(count, limit);
  return Array.from({ length: taken }, (_, i) => Math.floor(((i + 0.5) * count) / taken));
}

/** Real-valued inputs to calibrate on, at most `limit`, evenly spread over the data set. */
export function* calibrationInputs(
  dataset: Dataset,
  inputType: Pick<TensorType, 'dtype' | 'shape'>,
  limit: number,
): Iterable<Float32Array> {
  for (const index of spreadIndexes(dataset.count, limit)) yield realInput(dataset.sample(index), inputType);
}
