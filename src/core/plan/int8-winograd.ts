import { mostWeight, type WinogradSide, winogradFits, winogradPoints } from '../package/winograd.ts';
import { elementCount, type Tensor, type TensorType } from '../tensor.ts';
import { cheapestSide, filledUp } from './cheapest-side.ts';

// Costs are in multiply-accumulates of int8 at their peak. Measured on AVX2.
/** Of a plain matrix product, and of starting the sum of one output. */
const plain = { mac: 1.25, sum: 30 };
/** Of a point: its multiply-accumulates, which are of int16, elements on their way in and out, and weights on their way in. */
const point = { mac: 1.37, input: 15, sum: 18, weight: 6.5 };

function filteringCost(weights: TensorType, y: TensorType, side: WinogradSide): number {
  const [columns, , , channels] = weights.shape;
  const [, height, width] = y.shape;
  const squares = Math.ceil(height / side) * Math.ceil(width / side);
  const sums = squares * filledUp(columns) * (point.mac * channels + point.sum);
  const inputs = point.input * squares * filledUp(channels);
  return winogradPoints(side) * (sums + inputs + point.weight * filledUp(columns) * channels);
}

/** Whether filtering in squares of this side leaves the sums of all columns whole. */
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

/**
 * The side of the squares in which an int8 3×3 convolution of stride 1 with these weights is filtered; undefined where that does
 * not pay, or could leave an int32.
 */
export function int8WinogradSide(weights: Tensor, y: TensorType): WinogradSide | undefined {
  const [columns, , , channels] = weights.shape;
  const [, height, width] = y.shape;
  const panels = { groups: 1, runs: 3, unit: 1 };
  const fits = (side: WinogradSide): boolean => winogradFits(weights, side, panels) && sumsFit(weights, side);
  const most = height * width * columns * (plain.mac * 9 * channels + plain.sum);
  return cheapestSide(most, (side) =>
    fits(side) ? filteringCost(weights, y, side) : Number.POSITIVE_INFINITY,
  );
}
