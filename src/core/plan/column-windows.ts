import { invertedPlace, isInverted, weightSign, windowDepth } from '../package/windows.ts';
import { held, mostSum } from './window-cutter.ts';
import type { Arranged } from './window-maker.ts';

/** A window of one column: its place, marked where it is inverted, its weights, and of either lane the sums of its positive and of its negative weights. */
interface Window {
  readonly place: number;
  readonly weights: readonly number[];
  readonly sums: readonly number[];
}

/** What a lane takes of two weights: all of them, unless they are too much for it. */
function laneOf(first: number, second: number): [number, number] {
  const [a, b] = [held(first), held(second)];
  const sum = a + b;
  return [a, Math.abs(sum) <= mostSum ? b : Math.sign(sum) * mostSum - a];
}

function windowOf(place: number, weights: readonly number[]): Window {
  const sums = new Array<number>(windowDepth).fill(0);
  for (const [i, weight] of weights.entries()) sums[(i & ~1) + (weight < 0 ? 1 : 0)] += Math.abs(weight);
  return { place, weights, sums };
}

/** The windows of a quad at a place: a second one has what is too much for the first, and so on. */
function windowsOf(quad: readonly number[], place: number): Window[] {
  const windows: Window[] = [];
  let left = quad.map((weight, i) => weightSign(i, isInverted(place)) * weight);
  while (left.some((weight) => weight !== 0)) {
    const taken = [...laneOf(left[0], left[1]), ...laneOf(left[2], left[3])];
    left = left.map((weight, i) => weight - taken[i]);
    windows.push(windowOf(place, taken));
  }
  return windows;
}

/** How hard it is to find a partner for a window. */
const hardnessOf = ({ sums }: Window): number => sums.reduce((sum, s) => sum + s * s, 0);

/** What a pair would leave unused, or infinity where two windows do not fit together. */
function slackOf(a: Window, b: Window): number {
  let slack = 0;
  for (let i = 0; i < windowDepth; i++) {
    const left = mostSum - a.sums[i] - b.sums[i];
    if (left < 0) return Number.POSITIVE_INFINITY;
    slack += left * left;
  }
  return slack;
}

/** Windows in place of each other, inverted or not; the easiest first. */
type Choice = readonly Window[];

/** Pairs, then single windows. The hardest find a partner first: the one that they leave least room with. */
function pairUp(choices: readonly Choice[]): { pairs: Window[]; singles: Window[] } {
  const pairs: Window[] = [];
  const singles: Window[] = [];
  for (const choice of choices) {
    let best = Number.POSITIVE_INFINITY;
    let partner = 0;
    let mine = choice[0];
    for (const [i, single] of singles.entries())
      for (const window of choice) {
        const slack = slackOf(single, window);
        if (slack < best) [best, partner, mine] = [slack, i, window];
      }
    if (best < Number.POSITIVE_INFINITY) pairs.push(...singles.splice(partner, 1), mine);
    else singles.push(mine);
  }
  return { pairs, singles };
}

function choicesOf(quad: readonly number[], place: number): Choice[] {
  const ways = [place, place + invertedPlace].map((marked) => windowsOf(quad, marked));
  const fewest = Math.min(...ways.map((windows) => windows.length));
  if (fewest !== 1) return (ways.find(({ length }) => length === fewest) ?? []).map((window) => [window]);
  const single = ways.filter(({ length }) => length === 1).map(([window]) => window);
  return [single.sort((a, b) => hardnessOf(a) - hardnessOf(b))];
}

/** The sum of what a window has for inverted bytes. */
const invertedOf = ({ place, weights }: Window): number => (isInverted(place) ? weights[1] + weights[3] : 0);

/** The windows of a single column with so many runs of weights. */
export function columnWindows(weights: Int8Array, runs: number, zeroPoint: number): Arranged {
  const depth = weights.length / runs;
  const choices: Choice[] = [];
  for (let place = 0; place < weights.length; place += Math.min(windowDepth, depth - (place % depth))) {
    const bytes = Math.min(windowDepth, depth - (place % depth));
    const quad = Array.from({ length: windowDepth }, (_, i) =>
      i < bytes ? weights[place + i] - zeroPoint : 0,
    );
    choices.push(...choicesOf(quad, place));
  }
  choices.sort(([a], [b]) => hardnessOf(b) - hardnessOf(a));
  const { pairs, singles } = pairUp(choices);
  const all = [...pairs, ...singles];
  return {
    pairs: pairs.length / 2,
    singles: singles.length,
    places: Uint16Array.from(all, ({ place }) => place),
    weights: Int8Array.from(all.flatMap((window) => window.weights)),
    inverted: Int32Array.of(all.reduce((sum, window) => sum + invertedOf(window), 0)),
  };
}
