import { elementBytes, elementCount, elementsOver, type TensorType, type TypedArray } from '../tensor.ts';
import { alignUp } from './layout.ts';

/**
 * How the weights of a matrix product [columns, …] lie in a package: columns fall into `groups`, the elements of one into
 * `runs`, those of a run into pieces of `unit`. Stored as [groups][columns/16][runs][run/unit][16][unit], the rest 0. The last
 * piece of a stored run has what is left of it.
 */
export interface Panels {
  readonly groups: number;
  readonly runs: number;
  readonly unit: number;
}

export const panelColumns = 16;
/** Columns as panels hold them. */
export const filledUp = (columns: number): number => Math.ceil(columns / panelColumns) * panelColumns;
/** Runs of int8 are filled up to a multiple of this. */
const int8Depth = 4;

interface Extent {
  /** Columns of a group, elements of a run as they are and as stored, elements of a stored group. */
  columns: number;
  depth: number;
  stored: number;
  group: number;
}

function extentOf({ dtype, shape }: TensorType, { groups, runs }: Panels): Extent {
  const columns = shape[0] / groups;
  const depth = elementCount(shape) / shape[0] / runs;
  const stored = dtype === 'int8' ? Math.ceil(depth / int8Depth) * int8Depth : depth;
  return { columns, depth, stored, group: filledUp(columns) * runs * stored };
}

/** Whether the columns of a value fall into so many groups, and each into so many runs. */
export function matrixFits(
  { shape }: TensorType,
  { groups, runs }: Pick<Panels, 'groups' | 'runs'>,
): boolean {
  const count = elementCount(shape);
  return count > 0 && groups > 0 && runs > 0 && shape[0] % groups === 0 && (count / shape[0]) % runs === 0;
}

/** Whether a value of this type can lie so. */
export function panelsFit(type: TensorType, panels: Panels): boolean {
  const units = type.dtype === 'int8' ? [1, 2, 4, 8] : type.dtype === 'float32' ? [1] : [];
  return matrixFits(type, panels) && units.includes(panels.unit);
}

/** Adds up the elements of each column, less a zero point. */
export function sumColumns(data: ArrayLike<number>, zeroPoint: number, sums: Int32Array): void {
  const depth = data.length / sums.length;
  for (let i = 0; i < data.length; i++) sums[Math.floor(i / depth)] += data[i] - zeroPoint;
}

/** Bytes of the panels, without the sums behind them. */
export const panelBytes = (type: TensorType, panels: Panels): number =>
  panels.groups * extentOf(type, panels).group * elementBytes(type.dtype);

/** Bytes of the panels and of what lies behind those of int8: the int32 sum of each column, from a multiple of 64. */
export const storedPanelBytes = (type: TensorType, panels: Panels): number =>
  type.dtype === 'int8' ? alignUp(panelBytes(type, panels)) + 4 * type.shape[0] : panelBytes(type, panels);

/** Calls move(index in the value, index in the panels) for every element. */
function eachElement(type: TensorType, panels: Panels, move: (dense: number, stored: number) => void): void {
  const { runs, unit } = panels;
  const { columns, depth, stored, group } = extentOf(type, panels);
  let dense = 0;
  for (let n = 0; n < type.shape[0]; n++) {
    const [g, c] = [Math.floor(n / columns), n % columns];
    const panel = g * group + Math.floor(c / panelColumns) * panelColumns * runs * stored;
    for (let r = 0; r < runs; r++) {
      const run = panel + r * stored * panelColumns;
      for (let k = 0; k < depth; k++) {
        const within = k % unit;
        const piece = Math.min(unit, stored - k + within);
        move(dense++, run + (k - within) * panelColumns + (c % panelColumns) * piece + within);
      }
    }
  }
}

/** The bytes of a value in panels, with the sums of int8 columns behind. */
export function toPanels(type: TensorType, panels: Panels, data: TypedArray): Uint8Array {
  const bytes = new Uint8Array(storedPanelBytes(type, panels));
  const from = data as Float32Array;
  const to = elementsOver(type.dtype, bytes.subarray(0, panelBytes(type, panels))) as Float32Array;
  eachElement(type, panels, (dense, stored) => {
    to[stored] = from[dense];
  });
  if (type.dtype === 'int8') {
    const sums = new Int32Array(bytes.buffer, alignUp(panelBytes(type, panels)), type.shape[0]);
    sumColumns(from, 0, sums);
  }
  return bytes;
}

/** The inverse of `toPanels`. */
export function fromPanels(type: TensorType, panels: Panels, bytes: Uint8Array): TypedArray {
  const stored = elementsOver(type.dtype, bytes.subarray(0, panelBytes(type, panels))) as Float32Array;
  const room = new Uint8Array(elementCount(type.shape) * elementBytes(type.dtype));
  const data = elementsOver(type.dtype, room) as Float32Array;
  eachElement(type, panels, (dense, at) => {
    data[dense] = stored[at];
  });
  return data;
}
