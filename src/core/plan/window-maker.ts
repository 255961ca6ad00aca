import { invertedPlace, windowColumns, windowDepth } from '../package/windows.ts';
import {
  type Block,
  type Form,
  held,
  makeBlock,
  mostSum,
  signOf,
  WindowCutter,
  windowBytes,
} from './window-cutter.ts';

/** A weight without its zero point, ±255 at most, is the sum of as many int8. */
const sets = 3;

/** A window and its partner, or a window alone, each in one form. */
interface Group {
  readonly windows: readonly number[];
  readonly forms: readonly Form[];
}

/** The forms of two windows that fit together, as bits, the first lowest. */
function fitTogether({ sums, allowed }: Block, one: number, other: number): number | undefined {
  for (let forms = 0; forms < 4; forms++) {
    const [a, b] = [2 * one + (forms & 1), 2 * other + (forms >> 1)];
    if (allowed[a] + allowed[b] === 2 && fit(sums, a * windowBytes, b * windowBytes)) return forms;
  }
  return undefined;
}

function fit(sums: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; i < windowBytes; i++) if (sums[a + i] + sums[b + i] > mostSum) return false;
  return true;
}

/** How hard it is to find a partner for each window, in the form in which that is easier. */
function hardnessOf({ count, sums, allowed }: Block): Float64Array {
  const hardness = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let w = 0; w < 2 * count; w++) {
    if (allowed[w] === 0) continue;
    let sum = 0;
    for (let i = w * windowBytes; i < (w + 1) * windowBytes; i++) sum += sums[i] ** 2;
    hardness[w >> 1] = Math.min(hardness[w >> 1], sum);
  }
  return hardness;
}

/** Every window with a partner, or alone: the hardest with the next hardest that fits. */
function groupsOf(block: Block): Group[] {
  const mostTrials = 256;
  const hardness = hardnessOf(block);
  const order = Uint32Array.from(hardness.keys()).sort((a, b) => hardness[b] - hardness[a]);
  const groups: Group[] = [];
  // Places in the order, each with the next that is still without a partner.
  const next = Uint32Array.from(order.keys(), (i) => i + 1);
  for (let i = 0; i < order.length; i = next[i]) {
    const one = order[i];
    let group: Group = { windows: [one], forms: [block.allowed[2 * one] === 1 ? 0 : 1] };
    let before = i;
    for (let trial = 0; trial < mostTrials && next[before] < order.length; trial++, before = next[before]) {
      const other = order[next[before]];
      const fitting = fitTogether(block, one, other);
      if (fitting === undefined) continue;
      group = { windows: [one, other], forms: [fitting & 1, fitting >> 1] as Form[] };
      next[before] = next[next[before]];
      break;
    }
    groups.push(group);
  }
  return groups;
}

/** The windows of a block of columns in the order of a package: pairs, then single ones. */
export interface Arranged {
  readonly pairs: number;
  readonly singles: number;
  /** Marked where a window is inverted. */
  readonly places: Uint16Array;
  readonly weights: Int8Array;
  /** Of every column what the windows have for inverted bytes. */
  readonly inverted: Int32Array;
}

function arrange(block: Block, depth: number, columns: number): Arranged {
  const groups = groupsOf(block).sort(
    (a, b) => b.windows.length - a.windows.length || a.windows[0] - b.windows[0],
  );
  const order = groups.flatMap(({ windows }) => windows);
  const forms = groups.flatMap((group) => group.forms);
  const weights = new Int8Array(order.length * windowBytes);
  const inverted = new Int32Array(columns);
  for (const [to, from] of order.entries())
    for (let i = 0; i < windowBytes; i++) {
      const column = Math.floor(i / windowDepth);
      const sign = signOf((block.places[from] % depth) + (i % windowDepth), forms[to]);
      const weight = sign * block.weights[from * windowBytes + i];
      weights[to * windowBytes + i] = weight;
      if (sign < 0 && column < columns) inverted[column] += weight;
    }
  const pairs = groups.filter(({ windows }) => windows.length === 2).length;
  const places = Uint16Array.from(order, (window, i) => block.places[window] + forms[i] * invertedPlace);
  return { pairs, singles: order.length - 2 * pairs, places, weights, inverted };
}

/**
 * Makes the windows of block after block of columns with `runs` of `depth` weights. Where neighbouring weights are too large
 * for a lane, windows are inverted, or overlap and may share the weight of a byte.
 */
export class WindowMaker {
  readonly #runs: number;
  readonly #depth: number;
  readonly #zeroPoint: number;
  readonly #block: Block;
  readonly #left: Int16Array;
  readonly #cutter: WindowCutter;

  /** `inverts` where windows may be inverted. */
  constructor(runs: number, depth: number, zeroPoint: number, inverts: boolean) {
    this.#runs = runs;
    this.#depth = depth;
    this.#zeroPoint = zeroPoint;
    this.#left = new Int16Array((depth + windowDepth) * windowColumns);
    this.#block = makeBlock(sets * runs * depth);
    this.#cutter = new WindowCutter(this.#left, this.#block, inverts);
  }

  /** The windows of up to 8 columns, whose weights are `data`. */
  make(data: Int8Array): Arranged {
    this.#block.count = 0;
    for (let run = 0; run < this.#runs; run++)
      for (let set = 0; set < sets; set++) {
        this.#take(data, run, set);
        this.#cutter.cut(run, this.#depth);
      }
    return arrange(this.#block, this.#depth, data.length / (this.#runs * this.#depth));
  }

  /** What one of the int8 that add up to a weight has of it. */
  #take(data: Int8Array, run: number, set: number): void {
    const column = this.#runs * this.#depth;
    this.#left.fill(0);
    for (let c = 0; c * column < data.length; c++)
      for (let k = 0; k < this.#depth; k++) {
        let weight = data[c * column + run * this.#depth + k] - this.#zeroPoint;
        for (let i = 0; i < set; i++) weight -= held(weight);
        this.#left[k * windowColumns + c] = held(weight);
      }
  }
}
