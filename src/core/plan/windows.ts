import type { Matrix } from '../define-op.ts';
import type { PackageGraph, PackageNode } from '../package/package.ts';
import { sumColumns } from '../package/panels.ts';
import {
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
import { matrixOf } from './panels.ts';
import { type Arranged, WindowMaker } from './window-maker.ts';

/** Fewer rows wait for the weights, of which windows are more. */
const leastRows = 4;
function blocksOf(constant: Tensor, matrix: Matrix): Arranged[] {
  const { columns, depth } = windowExtent(constant, matrix);
  const data = constant.data as Int8Array;
  const column = matrix.runs * depth;
  const maker = new WindowMaker(matrix.runs, depth, matrix.zeroPoint);
  const blocks: Arranged[] = [];
  for (let g = 0; g < matrix.groups; g++)
    for (let n = 0; n < columns; n += windowColumns) {
      const end = Math.min(n + windowColumns, columns);
      blocks.push(maker.make(data.subarray((g * columns + n) * column, (g * columns + end) * column)));
    }
  return blocks;
}

/** Lays blocks out as a package stores them. */
function store(constant: Tensor, matrix: Matrix, blocks: readonly Arranged[]): Windows {
  const count = blocks.reduce((sum, { places }) => sum + places.length, 0);
  const index = new Uint8Array(windowIndexBytes(constant, { ...matrix, count }));
  const weights = new Int8Array(windowBytes * count);
  const { sums, counts, places } = windowIndex(constant, { ...matrix, count }, index);
  sumColumns(constant.data as Int8Array, matrix.zeroPoint, sums);
  let window = 0;
  for (const [b, block] of blocks.entries()) {
    counts.set([block.pairs, block.singles], 2 * b);
    places.set(block.places, window);
    weights.set(block.weights, window * windowBytes);
    window += block.places.length;
  }
  return { ...matrix, count, index, weights };
}

/** The weights of matrix products as windows, for which they have to fit. */
export const makeWindows = (constant: Tensor, matrix: Matrix): Windows =>
  store(constant, matrix, blocksOf(constant, matrix));

/** Relative times of a row on AVX2: a pair, a single window, and four bytes of 8 columns in panels. */
const pairTime = 5;
const singleTime = 3;
const panelTime = 4;

/** Whether windows are faster than the panels of the same weights. */
export function windowsPay(type: TensorType, windows: Windows): boolean {
  const { counts } = windowIndex(type, windows, windows.index);
  const { blocks, depth } = windowExtent(type, windows);
  let time = 0;
  for (let i = 0; i < counts.length; i += 2) time += pairTime * counts[i] + singleTime * counts[i + 1];
  return time <= blocks * windows.runs * Math.ceil(depth / windowDepth) * panelTime;
}

function windowsOf({ values }: PackageGraph, node: PackageNode): Windows | undefined {
  const { constant, winograd } = values[node.inputs[1] ?? -1] ?? {};
  const matrix = matrixOf(values, node);
  if (!constant || winograd || !matrix || !windowsFit(constant, { ...matrix, count: 0 })) return undefined;
  const rows = elementCount(values[node.outputs[0]].type.shape) / constant.shape[0];
  if (rows < leastRows) return undefined;
  const windows = makeWindows(constant, matrix);
  return windowsPay(constant, windows) ? windows : undefined;
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
