import type { PackageGraph, PackageNode } from '../package/package.ts';
import { panelColumns } from '../package/panels.ts';
import {
  mostWeight,
  type WinogradSide,
  winogradBytes,
  winogradFits,
  winogradPoints,
} from '../package/winograd.ts';
import { elementCount, type Tensor, type TensorType } from '../tensor.ts';

const sides: readonly WinogradSide[] = [2, 4];

// Costs are in multiply-accumulates of a matrix product. Measured on AVX-512 and AVX2: an element of a point takes as long as
// 4 on its way in or out, and a row's start in a product as long as 12 more of its depth.
const pointCost = 4;
const rowCost = 12;
/** What it has to gain for its weights, which are 1.8 or 4 times as large. */
const leastGain = 1.2;
/** Transformed weights stay in a second-level cache up to this. */
const nearWeightBytes = 1 << 20;
/** What a byte beyond has to save: it is read anew in every run, and takes room in packages and memory. */
const byteCost = 10;

const filledUp = (channels: number): number => Math.ceil(channels / panelColumns) * panelColumns;
const productCost = (rows: number, columns: number, depth: number): number =>
  rows * filledUp(columns) * (depth + rowCost);

function filteringCost(
  [columns, , , channels]: readonly number[],
  y: TensorType,
  side: WinogradSide,
): number {
  const [, height, width] = y.shape;
  const rows = winogradPoints(side) * Math.ceil(height / side) * Math.ceil(width / side);
  return productCost(rows, columns, channels) + pointCost * rows * (filledUp(channels) + filledUp(columns));
}

/** The side of the squares by which a 3×3 convolution of stride 1 with these weights is filtered; undefined where that does not pay. */
export function winogradSide(weights: TensorType, y: TensorType): WinogradSide | undefined {
  const [columns, , , channels] = weights.shape;
  let best: WinogradSide | undefined;
  let least = productCost(y.shape[1] * y.shape[2], columns, 9 * channels) / leastGain;
  for (const side of sides) {
    if (!winogradFits(weights, side)) continue;
    const farBytes = Math.max(0, winogradBytes(weights, side) - nearWeightBytes);
    const cost = filteringCost(weights.shape, y, side) + byteCost * farBytes;
    if (cost >= least) continue;
    least = cost;
    best = side;
  }
  return best;
}

/**
 * Of integers, in multiply-accumulates at their peak on AVX2, where those of points, which are int16, take longer. Measured: an
 * element of a point takes as long as 15 on its way in and 18 on its way out, and transforming a weight as long as 6.5 for each point.
 */
const integerCosts = { mac: 1.37, input: 15, output: 18, weight: 6.5 };
/** What a multiply-accumulate of bytes takes, and starting the sum of an output. */
const byteCosts = { mac: 1.25, output: 30 };

function integerFilteringCost(
  [columns, , , channels]: readonly number[],
  [, height, width]: readonly number[],
  side: WinogradSide,
): number {
  const { mac, input, output, weight } = integerCosts;
  const squares = Math.ceil(height / side) * Math.ceil(width / side);
  const filled = filledUp(columns);
  const products = squares * filled * (mac * channels + output);
  return (
    winogradPoints(side) * (products + input * squares * filledUp(channels) + weight * filled * channels)
  );
}

/** Whether sums of these columns are left whole by filtering. */
function sumsFit(weights: Tensor, side: WinogradSide): boolean {
  const column = elementCount(weights.shape) / weights.shape[0];
  const most = mostWeight(side);
  for (let first = 0; first < weights.data.length; first += column) {
    let [positive, negative] = [0, 0];
    for (const w of (weights.data as Int8Array).subarray(first, first + column)) {
      if (w > 0) positive += w;
      else negative -= w;
    }
    if (Math.max(positive, negative) > most) return false;
  }
  return true;
}

/** The same for int8 weights, which kernels take in panels. */
export function integerWinogradSide(weights: Tensor, y: TensorType): WinogradSide | undefined {
  const [columns, , , channels] = weights.shape;
  const [, height, width] = y.shape;
  let best: WinogradSide | undefined;
  let least = height * width * columns * (byteCosts.mac * 9 * channels + byteCosts.output);
  for (const side of sides) {
    const cost = integerFilteringCost(weights.shape, y.shape, side);
    const fits = winogradFits(weights, side, { groups: 1, runs: 3, unit: 1 }) && sumsFit(weights, side);
    if (!fits || cost >= least) continue;
    least = cost;
    best = side;
  }
  return best;
}

/** Instruction sets with a kernel that filters int8. */
const integerIsas: readonly (string | undefined)[] = ['x86_avx2'];

function sideOf(
  { values }: PackageGraph,
  { op, inputs, outputs, attrs }: PackageNode,
  isa: string | undefined,
): WinogradSide | undefined {
  const { strides, dilations, group, weightZeroPoint } = attrs as Record<string, number | number[]>;
  const constant = values[inputs[1] ?? -1]?.constant;
  const isPlain = group === 1 && [strides, dilations].flat().every((v) => v === 1);
  if (!constant || !isPlain) return undefined;
  const y = values[outputs[0]].type;
  if (op === 'Conv2d') return winogradSide(constant, y);
  const isCentered = op === 'QConv2d' && weightZeroPoint === 0;
  return isCentered && integerIsas.includes(isa) ? integerWinogradSide(constant, y) : undefined;
}

/** The graph with the weights of the convolutions that Winograd's method makes faster marked, unless `isa` has no kernel for it. */
export function assignWinograd(graph: PackageGraph, isa?: string): PackageGraph {
  if (isa === 'scalar') return graph;
  const values = [...graph.values];
  for (const node of graph.nodes) {
    const winograd = sideOf(graph, node, isa);
    const weights = node.inputs[1];
    if (winograd && weights !== undefined) values[weights] = { ...values[weights], winograd };
  }
  return { ...graph, values };
}
