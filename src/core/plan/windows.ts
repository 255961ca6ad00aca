import type { Matrix } from '../define-op.ts';
import type { PackageGraph, PackageNode } from '../package/package.ts';
import { sumColumns } from '../package/panels.ts';
import {
  isInverted,
  type Windows,
  windowBytes,
  windowColumns,
  windowDepth,
  windowExtent,
  windowIndex,
  windowIndexBytes,
  windowsFit,
} from '../package/windows.ts';
import { elementCount, type Tensor, type TensorType } from '../tensor.ts';
import { columnWindows } from './column-windows.ts';
import { matrixOf } from './panels.ts';
import { type Arranged, WindowMaker } from './window-maker.ts';

/** Bytes of a row of which a tile of rows stays in the first cache beside its inverted bytes. */
const mostInverted = 1440;

/** Fewer rows wait for the weights, of which windows are more. */
const leastRows = 4;

/** How weights are cut: windows of so many columns, and whether they may be inverted. Those of single columns always may. */
export interface Cutting {
  readonly width: number;
  readonly inverts: boolean;
}

function blocksOf(constant: Tensor, matrix: Matrix, { width, inverts }: Cutting): Arranged[] {
  const { columns, depth } = windowExtent(constant, matrix, width);
  const data = constant.data as Int8Array;
  const column = matrix.runs * depth;
  const maker = new WindowMaker(matrix.runs, depth, matrix.zeroPoint, inverts);
  const blocks: Arranged[] = [];
  for (let g = 0; g < matrix.groups; g++)
    for (let n = 0; n < columns; n += width) {
      const end = Math.min(n + width, columns);
      const weights = data.subarray((g * columns + n) * column, (g * columns + end) * column);
      blocks.push(width === 1 ? columnWindows(weights, matrix.runs, matrix.zeroPoint) : maker.make(weights));
    }
  return blocks;
}

/** Lays blocks out as a package stores them. */
function store(constant: Tensor, matrix: Matrix, width: number, blocks: readonly Arranged[]): Windows {
  const count = blocks.reduce((sum, { places }) => sum + places.length, 0);
  const shape = { ...matrix, count, width };
  const index = new Uint8Array(windowIndexBytes(constant, shape));
  const weights = new Int8Array(windowBytes(shape));
  const { sums, inverted, counts, places } = windowIndex(constant, shape, index);
  sumColumns(constant.data as Int8Array, matrix.zeroPoint, sums);
  let window = 0;
  let column = 0;
  for (const [b, block] of blocks.entries()) {
    counts.set([block.pairs, block.singles], 2 * b);
    places.set(block.places, window);
    weights.set(block.weights, window * width * windowDepth);
    inverted.set(block.inverted, column);
    window += block.places.length;
    column += block.inverted.length;
  }
  return { ...shape, index, weights };
}

/** The weights of matrix products as windows, for which they have to fit. */
export const makeWindows = (constant: Tensor, matrix: Matrix, cutting: Cutting): Windows =>
  store(constant, matrix, cutting.width, blocksOf(constant, matrix, cutting));

/**
 * Relative times of 8 columns on AVX2. Of a row: a pair of windows, a single one, four bytes in panels, and what a row takes beside
 * in panels and windows of 8 columns, more than in those of one. Of a row for all columns, where windows of 8 are inverted: four
 * bytes to be gathered, and what a run of them takes beside. Of 8 rows, which windows of one column take together: four bytes to be
 * gathered.
 */
const pairTime = 5;
const singleTime = 3;
const panelTime = 4;
const rowTime = 2;
const formTime = 1.5;
const formRunTime = 12;
const gatherTime = 15;
const rowsTogether = 8;

const quadsOf = ({ runs }: Matrix, depth: number): number => runs * Math.ceil(depth / windowDepth);

function timeOf(type: TensorType, windows: Windows, rows: number): number {
  const { counts, places } = windowIndex(type, windows, windows.index);
  const { blocks, depth } = windowExtent(type, windows, windows.width);
  const quads = windows.groups * quadsOf(windows, depth);
  let time = 0;
  for (let i = 0; i < counts.length; i += 2) time += pairTime * counts[i] + singleTime * counts[i + 1];
  if (windows.width > 1) {
    const gather = places.some(isInverted)
      ? formTime * quads + formRunTime * windows.groups * windows.runs
      : 0;
    return rows * (time + blocks * rowTime + gather);
  }
  time += gatherTime * quads;
  // What a column takes beside its rows is about half of what 8 of them take.
  return (Math.ceil(rows / rowsTogether) + 1 / 2) * time;
}

const cuttings: readonly Cutting[] = [
  { width: windowColumns, inverts: false },
  { width: windowColumns, inverts: true },
  { width: 1, inverts: true },
];

function cuttingFits(constant: Tensor, matrix: Matrix, { width, inverts }: Cutting): boolean {
  if (!windowsFit(constant, { ...matrix, count: 0, width })) return false;
  return width === 1 || !inverts || elementCount(constant.shape) / constant.shape[0] <= mostInverted;
}

/** The fastest windows, unless panels of the same weights are faster in products of so many rows. */
export function fastestWindows(constant: Tensor, matrix: Matrix, rows: number): Windows | undefined {
  const { blocks, depth } = windowExtent(constant, matrix, windowColumns);
  let best: Windows | undefined;
  let time = rows * blocks * (quadsOf(matrix, depth) * panelTime + rowTime);
  for (const cutting of cuttings) {
    if (!cuttingFits(constant, matrix, cutting)) continue;
    const windows = makeWindows(constant, matrix, cutting);
    const needed = timeOf(constant, windows, rows);
    if (needed <= time) [best, time] = [windows, needed];
  }
  return best;
}

function windowsOf({ values }: PackageGraph, node: PackageNode): Windows | undefined {
  const { constant, winograd } = values[node.inputs[1] ?? -1] ?? {};
  const matrix = matrixOf(values, node);
  if (!constant || winograd || !matrix || constant.dtype !== 'int8') return undefined;
  const rows = elementCount(values[node.outputs[0]].type.shape) / constant.shape[0];
  return rows < leastRows ? undefined : fastestWindows(constant, matrix, rows);
}

/** The graph with the int8 weights of its matrix products as windows where kernels of `isa` read those faster. */
export function assignWindows(graph: PackageGraph, isa?: string): PackageGraph {
  if (isa !== 'x86_avx2') return graph;
  const values = [...graph.values];
  for (const node of graph.nodes) {
    const windows = windowsOf(graph, node);
    const weights = node.inputs[1];
    if (windows && weights !== undefined) values[weights] = { ...values[weights], windows };
  }
  return { ...graph, values };
}
