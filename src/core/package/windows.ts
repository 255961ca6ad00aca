import type { Matrix } from '../define-op.ts';
import { elementCount, type TensorType } from '../tensor.ts';
import { corrupt } from './container.ts';
import { matrixFits } from './panels.ts';

/**
 * Int8 weights of a matrix product [columns, …] as overlapping windows of four bytes of a row, for instructions that
 * saturate sums of two products (native/kernels/qs8_gemm/windows.h). Columns fall into `groups`, the elements of one into
 * `runs`, as in panels. Some windows are inverted: they take the bytes x at odd elements of a run as 255 − x, and have the negative of
 * a weight there. An element is the zero point and the sum of what all windows over it have for it.
 */
export interface WindowShape extends Matrix {
  /** Windows of all columns. */
  readonly count: number;
  /** Columns of a window: 8 or 1. Windows of 8 start anywhere and overlap; those of one cover quads. */
  readonly width: number;
}

export interface Windows extends WindowShape {
  /** What loading reads of them, as `windowIndex` views it, at an address that is a multiple of 4. */
  readonly index: Uint8Array;
  /** Of each window `windowDepth` of every column. */
  readonly weights: Int8Array;
}

export const windowColumns = 8;
export const windowDepth = 4;
/** Four bytes from a multiple of four of a run on are a quad. Kernels take no more of a column, by the width of windows. */
const mostQuads: Record<number, number | undefined> = { 1: 48, [windowColumns]: 8176 };
/** Marks the place of an inverted window. */
export const invertedPlace = 1 << 15;

/** Columns of a group, blocks of the columns of a window in all, elements of a run. */
export function windowExtent({ shape }: TensorType, { groups, runs }: Matrix, width: number) {
  const columns = shape[0] / groups;
  const blocks = groups * Math.ceil(columns / width);
  return { columns, blocks, depth: elementCount(shape) / shape[0] / runs };
}

const widthFits = ({ width, runs }: WindowShape, bytes: number): boolean =>
  runs * Math.ceil(bytes / runs / windowDepth) <= (mostQuads[width] ?? 0);

/** Whether weights of this type can lie as windows of so many groups, runs and columns. */
export function windowsFit(type: TensorType, shape: WindowShape): boolean {
  if (type.dtype !== 'int8' || shape.count < 0 || !matrixFits(type, shape)) return false;
  return widthFits(shape, elementCount(type.shape) / type.shape[0]);
}

export const windowIndexBytes = (type: TensorType, shape: WindowShape): number =>
  8 * (type.shape[0] + windowExtent(type, shape, shape.width).blocks) + 2 * shape.count;

export const windowBytes = ({ width, count }: WindowShape): number => width * windowDepth * count;

/**
 * Views of the index of windows: the int32 sums of each column, without zero points, and of what its windows have for inverted
 * bytes; of each block of columns how many pairs it has and how many single windows; of each window its place, the first of its bytes
 * counted over all runs, marked where they are inverted. A block has its pairs first.
 */
export function windowIndex(type: TensorType, shape: WindowShape, { buffer, byteOffset }: Uint8Array) {
  const [columns] = type.shape;
  const { blocks } = windowExtent(type, shape, shape.width);
  const counts = byteOffset + 8 * columns;
  return {
    sums: new Int32Array(buffer, byteOffset, columns),
    inverted: new Int32Array(buffer, byteOffset + 4 * columns, columns),
    counts: new Uint32Array(buffer, counts, 2 * blocks),
    places: new Uint16Array(buffer, counts + 8 * blocks, shape.count),
  };
}

/** Whether a marked place is that of an inverted window. */
export const isInverted = (place: number): boolean => place >= invertedPlace;

/** What a window multiplies the weight of a byte by, counted from the start of its run. */
export const weightSign = (byte: number, inverted: boolean): number => (inverted && byte % 2 === 1 ? -1 : 1);

/** Throws E_PACKAGE_CORRUPT where counts or places are not those of such weights. */
export function checkWindows(type: TensorType, windows: Windows): void {
  const { counts, places } = windowIndex(type, windows, windows.index);
  let count = 0;
  for (let i = 0; i < counts.length; i += 2) count += 2 * counts[i] + counts[i + 1];
  const bytes = elementCount(type.shape) / type.shape[0];
  const { depth } = windowExtent(type, windows, windows.width);
  const isInside = (place: number): boolean =>
    place < bytes && (windows.width > 1 || (place % depth) % windowDepth === 0);
  if (count !== windows.count || !places.every((marked) => isInside(marked % invertedPlace)))
    throw corrupt('windows lie outside their weights');
}

/** The elements of stored windows that `checkWindows` has passed. */
export function fromWindows(type: TensorType, windows: Windows): Int8Array {
  const { counts, places } = windowIndex(type, windows, windows.index);
  const { weights, width } = windows;
  const { columns, blocks, depth } = windowExtent(type, windows, width);
  const perGroup = blocks / windows.groups;
  const data = new Int8Array(elementCount(type.shape)).fill(windows.zeroPoint);
  const scatter = (window: number, first: number, held: number): void => {
    const place = places[window] % invertedPlace;
    const at = place % depth;
    for (let c = 0; c < held; c++) {
      const to = (first + c) * windows.runs * depth + place;
      const from = (window * width + c) * windowDepth;
      for (let i = 0; i < Math.min(windowDepth, depth - at); i++)
        data[to + i] += weightSign(at + i, isInverted(places[window])) * weights[from + i];
    }
  };
  let window = 0;
  for (let b = 0; b < blocks; b++) {
    const column = (b % perGroup) * width;
    const end = window + 2 * counts[2 * b] + counts[2 * b + 1];
    for (; window < end; window++)
      scatter(window, Math.floor(b / perGroup) * columns + column, Math.min(width, columns - column));
  }
  return data;
}
