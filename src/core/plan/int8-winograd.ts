import { filledUp } from '../package/panels.ts';
import {
  filteredPanels,
  mostWeight,
  type WinogradSide,
  winogradFits,
  winogradPoints,
} from '../package/winograd.ts';
import { elementCount, type Tensor, type TensorType } from '../tensor.ts';
import { cheapestSide } from './cheapest-side.ts';

/** In multiply-accumulates of int8 at their peak. */
interface Costs {
  /** Of a plain matrix product: a multiply-accumulate, and starting and requantising a sum. */
  readonly plain: { readonly mac: number; readonly sum: number };
  /** Of a point: a multiply-accumulate, which is of int16; an input, a sum and a weight on their way from or to other points. */
  readonly point: {
    readonly mac: number;
    readonly input: number;
    readonly sum: number;
    readonly weight: number;
  };
}

/**
 * For instruction sets whose kernels filter int8. Those of AVX2 and AVX-512 are measured. AVX-VNNI follows from AVX2 by its products
 * of int16, which are half as many a step as those of int8; NEON from counts of instructions and what a Cortex-A72 issues: neither
 * has been timed.
 */
const costsOf: Readonly<Record<string, Costs>> = {
  x86_avx2: { plain: { mac: 1.25, sum: 30 }, point: { mac: 1.37, input: 15, sum: 18, weight: 6.5 } },
  x86_avxvnni: { plain: { mac: 1.3, sum: 40 }, point: { mac: 2.3, input: 23, sum: 28, weight: 10 } },
  x86_avx512vnni: { plain: { mac: 1.03, sum: 6 }, point: { mac: 2.15, input: 19, sum: 31, weight: 6 } },
  arm64_neon: { plain: { mac: 1.05, sum: 8 }, point: { mac: 2.1, input: 5, sum: 10, weight: 2.4 } },
};

function filteringCost({ point }: Costs, weights: TensorType, y: TensorType, side: WinogradSide): number {
  const [columns, , , channels] = weights.shape;
  const [, height, width] = y.shape;
  const squares = Math.ceil(height / side) * Math.ceil(width / side);
  const sums = squares * filledUp(columns) * (point.mac * channels + point.sum);
  const inputs = point.input * squares * filledUp(channels);
  return winogradPoints(side) * (sums + inputs + point.weight * filledUp(columns) * channels);
}

/** The most that the weights of either sign of a column sum to. */
function heaviestSum(weights: Tensor): number {
  const column = elementCount(weights.shape) / weights.shape[0];
  let heaviest = 0;
  for (let first = 0; first < weights.data.length; first += column) {
    let [positive, negative] = [0, 0];
    for (const w of (weights.data as Int8Array).subarray(first, first + column)) {
      if (w > 0) positive += w;
      else negative -= w;
    }
    heaviest = Math.max(heaviest, positive, negative);
  }
  return heaviest;
}

/**
 * The side of the squares in which kernels of `isa` filter an int8 3×3 convolution of stride 1 with these weights; undefined where
 * that does not pay, or could leave an int32.
 */
export function int8WinogradSide(weights: Tensor, y: TensorType, isa = ''): WinogradSide | undefined {
  const costs = costsOf[isa];
  if (!costs || !winogradFits(weights, 2, filteredPanels)) return undefined;
  const [columns, , , channels] = weights.shape;
  const [, height, width] = y.shape;
  const heaviest = heaviestSum(weights);
  const most = height * width * columns * (costs.plain.mac * 9 * channels + costs.plain.sum);
  return cheapestSide(most, (side) =>
    heaviest <= mostWeight(side) ? filteringCost(costs, weights, y, side) : Number.POSITIVE_INFINITY,
  );
}
