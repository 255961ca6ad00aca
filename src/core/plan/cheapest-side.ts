import type { WinogradSide } from '../package/winograd.ts';

const sides: readonly WinogradSide[] = [2, 4];

/** The side of squares whose filtering costs least, and less than `most`; undefined where none does. */
export function cheapestSide(most: number, costOf: (side: WinogradSide) => number): WinogradSide | undefined {
  const costs = sides.map(costOf);
  const least = Math.min(...costs);
  return least < most ? sides[costs.indexOf(least)] : undefined;
}
