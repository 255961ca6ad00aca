import { elementCount, sameShape } from '../core/index.ts';
import { mismatch } from './data-source.ts';

export type Layout = 'NHWC' | 'NCHW';

/** How the elements of a sample move to fill a model's input. */
export type Move = 'none' | 'channels-first' | 'channels-last';

/** A shape without its batch of one. */
export const withoutBatch = (shape: readonly number[]): readonly number[] =>
  shape.length > 1 && shape[0] === 1 ? shape.slice(1) : shape;

/**
 * Samples of three axes are transposed where only that makes them fit; samples of another rank are taken in order.
 * Throws E_DATA_SHAPE where neither fits.
 */
export function moveTo(
  shape: readonly number[],
  model: readonly number[],
  layout: Layout | undefined,
  where: string,
): Move {
  const to = withoutBatch(model);
  const from = shape.length === to.length + 1 ? withoutBatch(shape) : shape;
  if (elementCount(from) !== elementCount(to))
    throw mismatch(`[${model}] as the model takes`, `[${shape}]`, where);
  if (sameShape(from, to) || from.length !== 3 || to.length !== 3) return 'none';
  const [a, b, c] = from;
  if (layout !== 'NCHW' && sameShape([c, a, b], to)) return 'channels-first';
  if (layout !== 'NHWC' && sameShape([b, c, a], to)) return 'channels-last';
  throw mismatch(`[${model}] as the model takes`, `[${shape}]${layout ? ` in ${layout}` : ''}`, where);
}

/** The elements of a three-axis sample in their new order. */
export function movedElements<T extends { length: number; slice(): T; [i: number]: unknown }>(
  data: T,
  shape: readonly number[],
  move: Move,
): T {
  if (move === 'none') return data;
  const [a, b, c] = shape.slice(-3);
  const [rows, columns] = move === 'channels-first' ? [a * b, c] : [a, b * c];
  const out = data.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = data[row * columns + column];
  }
  return out;
}

/** Height, width and channels of a model that takes pictures, by where its one or three channels stand. */
export function pictureInput(
  model: readonly number[],
  where: string,
): { height: number; width: number; channels: 1 | 3 } {
  const [a, b, c, ...more] = withoutBatch(model);
  if (c !== undefined && more.length === 0) {
    const last = c === 3 || (c === 1 && a !== 3);
    if (last) return { height: a, width: b, channels: c };
    if (a === 1 || a === 3) return { height: b, width: c, channels: a };
  }
  throw mismatch('an input of pictures, of 1 or 3 channels', `[${model}]`, where);
}
