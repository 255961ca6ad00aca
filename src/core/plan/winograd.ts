import type { PackageGraph, PackageNode } from '../package/package.ts';
import { panelColumns } from '../package/panels.ts';
import { type WinogradSide, winogradBytes, winogradFits, winogradPoints } from '../package/winograd.ts';
import type { TensorType } from '../tensor.ts';

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

function sideOf(
  { values }: PackageGraph,
  { op, inputs, outputs, attrs }: PackageNode,
): WinogradSide | undefined {
  const { strides, dilations, group } = attrs as Record<string, number | number[]>;
  const isPlain = op === 'Conv2d' && group === 1 && [strides, dilations].flat().every((v) => v === 1);
  const weights = inputs[1];
  return isPlain && weights !== undefined && values[weights].constant
    ? winogradSide(values[weights].type, values[outputs[0]].type)
    : undefined;
}

/** The graph with the transformed weights of the float convolutions that Winograd's method makes faster, unless `isa` has no kernel for it. */
export function assignWinograd(graph: PackageGraph, isa?: string): PackageGraph {
  if (isa === 'scalar') return graph;
  const values = [...graph.values];
  for (const node of graph.nodes) {
    const side = sideOf(graph, node);
    const weights = node.inputs[1];
    if (!side || weights === undefined) continue;
    const { name, type, constant } = values[weights];
    values[weights] = { name, type, constant, winograd: side };
  }
  return { ...graph, values };
}
