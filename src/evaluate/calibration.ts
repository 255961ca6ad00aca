import type { TypedArray } from '../core/index.ts';
import type { InputPort } from './contract.ts';
import type { Dataset } from './dataset.ts';
import { modelInputs } from './preprocess.ts';

/** At most `limit` indexes, evenly spread over all samples; windows of a file lie side by side, so over the files too. */
export function spreadIndexes(count: number, limit: number): number[] {
  const taken = Math.min(count, limit);
  return Array.from({ length: taken }, (_, i) => Math.floor(((i + 0.5) * count) / taken));
}

/** What each input gets of samples to calibrate on, at most `limit`, evenly spread over the data set. */
export function* calibrationInputs(
  dataset: Dataset,
  ports: readonly InputPort[],
  limit: number,
): Iterable<TypedArray[]> {
  for (const index of spreadIndexes(dataset.count, limit)) yield modelInputs(dataset.sample(index), ports);
}
