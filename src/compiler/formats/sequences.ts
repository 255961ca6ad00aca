import { counting, elementCount, stridesOf } from '../../core/index.ts';

/** Where each element comes from when the first `lengths[b]` steps of every sequence b run back to front. */
export function reversedSequences(
  shape: readonly number[],
  time: number,
  batch: number,
  lengths: readonly number[],
): number[] {
  const strides = stridesOf(shape);
  return counting(elementCount(shape)).map((i) => {
    const step = Math.floor(i / strides[time]) % shape[time];
    const length = lengths[Math.floor(i / strides[batch]) % shape[batch]];
    return step < length ? i + (length - 1 - 2 * step) * strides[time] : i;
  });
}
