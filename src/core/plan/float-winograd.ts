import { filledUp } from '../package/panels.ts';
import { type WinogradSide, winogradBytes, winogradFits, winogradPoints } from '../package/winograd.ts';
import type { TensorType } from '../tensor.ts';
import { cheapestSide } from './cheapest-side.ts';

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

const productCost = (rows: number, columns: number, depth: number): number =>
  rows * filledUp(columns) * (depth + rowCost);

function filteringCost(weights: TensorType, y: TensorType, side: WinogradSide): number {
  const [columns, , , channels] = weights.shape;
  const [, height, width] = y.shape;
  const rows = winogradPoints(side) * Math.ceil(height / side) * Math.ceil(width / side);
  const points = pointCost * rows * (filledUp(channels) + filledUp(columns));
  const farBytes = Math.max(0, winogradBytes(weights, side) - nearWeightBytes);
  return productCost(rows, columns, channels) + points + byteCost * farBytes;
}

/**
 * The side of the squares in which a float 3×3 convolution of stride 1 with these weights is filtered; undefined where that does
 * not pay.
 */
export function floatWinogradSide(weights: TensorType, y: TensorType): WinogradSide | undefined {
  const [columns, , , channels] = weights.shape;
  const most = productCost(y.shape[1] * y.shape[2], columns, 9 * channels) / leastGain;
  return cheapestSide(most, (side) =>
    winogradFits(weights, side) ? filteringCost(weights, y, side) : Number.POSITIVE_INFINITY,
  );
}
