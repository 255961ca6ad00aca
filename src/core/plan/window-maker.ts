import { invertedPlace, windowColumns, windowDepth } from '../package/windows.ts';

/** Two products of a byte of a row sum up to an int16 where the weights of either sign sum up to no more. */
export const mostSum = 128;
const mostWeight = 127;

const windowBytes = windowColumns * windowDepth;

/** 1 for inverted windows. */
type Form = 0 | 1;
const plain: readonly Form[] = [0];
const both: readonly Form[] = [0, 1];

/** Of the weight of a byte, counted from the start of its run. */
const signOf = (byte: number, form: Form): number => (form === 1 && byte % 2 === 1 ? -1 : 1);

/** The windows of 8 columns. A lane has the weights of two bytes of a column. */
interface Block {
  count: number;
  readonly places: Uint16Array;
  /** The weights of each window where it is not inverted. */
  readonly weights: Int16Array;
  /** Of each window in either form whether it can have that, and of each lane its positive weights, then its negative ones without their sign. */
  readonly allowed: Uint8Array;
  readonly sums: Uint8Array;
}

/** A weight without its zero point, ±255 at most, is the sum of as many int8. */
const sets = 3;

/** What an int8 can hold of a weight. */
export const held = (weight: number): number => Math.min(mostWeight, Math.max(-mostSum, weight));

/** What two weights of a lane are too much; weights of different signs never are. */
const excessOf = (sum: number): number =>
  sum > mostSum ? sum - mostSum : sum < -mostSum ? sum + mostSum : 0;

/** Where the next window starts, whether it is inverted, and the first byte that it leaves. */
interface Cut {
  readonly at: number;
  readonly form: Form;
  readonly next: number;
}

/** Cuts what a run of rows has of 8 columns into windows. */
class Cutter {
  readonly #left: Int16Array;
  readonly #block: Block;
  readonly #forms: readonly Form[];

  /** `left` holds the weights of the run by byte, then by column, and behind them those of 4 bytes that are 0. It is used up. */
  constructor(left: Int16Array, block: Block, forms: readonly Form[]) {
    this.#left = left;
    this.#block = block;
    this.#forms = forms;
  }

  cut(run: number, depth: number): void {
    const block = this.#block;
    for (let i = 0; i < depth; ) {
      if (this.#isZero(i)) {
        i++;
        continue;
      }
      const { at, form, next } = this.#furthestCut(i);
      block.places[block.count] = run * depth + at;
      this.#takeLane(at, form, 0);
      this.#takeLane(at + 2, form, 2);
      block.allowed.fill(0, 2 * block.count, 2 * block.count + both.length);
      for (const either of this.#forms) this.#sumUp(at, either);
      block.count++;
      i = next;
    }
  }

  #isZero(byte: number): boolean {
    for (let i = byte * windowColumns; i < (byte + 1) * windowColumns; i++)
      if (this.#left[i] !== 0) return false;
    return true;
  }

  /** Where two bytes exceed a lane, an inverted window may not, or one that starts a byte earlier: they are in different lanes then. */
  #furthestCut(byte: number): Cut {
    let best: Cut = { at: byte, form: 0, next: byte };
    for (let at = byte; at >= Math.max(0, byte - 1); at--)
      for (const form of this.#forms) {
        const next = this.#nextByte(at, form);
        if (next > best.next) best = { at, form, next };
        if (next === byte + windowDepth) return best;
      }
    return best;
  }

  /** The first byte that a window leaves; the one at its start where it cannot have this form. */
  #nextByte(at: number, form: Form): number {
    const first = this.#excess(at, form);
    const second = this.#excess(at + 2, form);
    if (first + second === Number.POSITIVE_INFINITY) return at;
    return first > 0 ? at + 1 : second > 0 ? at + 3 : at + windowDepth;
  }

  /** How many of the weights of two bytes exceed a lane; infinity where an int8 does not hold one. */
  #excess(byte: number, form: Form): number {
    const [a, b] = [signOf(byte, form), signOf(byte + 1, form)];
    let excess = 0;
    for (let i = byte * windowColumns; i < (byte + 1) * windowColumns; i++) {
      const first = a * this.#left[i];
      const second = b * this.#left[i + windowColumns];
      if (first > mostWeight || second > mostWeight) return Number.POSITIVE_INFINITY;
      if (excessOf(first + second) !== 0) excess++;
    }
    return excess;
  }

  /** Moves the weights of two bytes to the next window, but for what exceeds a lane: that stays at the second. */
  #takeLane(byte: number, form: Form, lane: number): void {
    const left = this.#left;
    const { count, weights } = this.#block;
    const [a, b] = [signOf(byte, form), signOf(byte + 1, form)];
    for (let c = 0; c < windowColumns; c++) {
      const from = byte * windowColumns + c;
      const to = count * windowBytes + c * windowDepth + lane;
      const excess = b * excessOf(a * left[from] + b * left[from + windowColumns]);
      weights[to] = left[from];
      weights[to + 1] = left[from + windowColumns] - excess;
      left[from] = 0;
      left[from + windowColumns] = excess;
    }
  }

  /** Sums up the lanes of the next window, which starts at a byte, in one form. */
  #sumUp(at: number, form: Form): void {
    const { count, weights, sums, allowed } = this.#block;
    const [a, b] = [signOf(at, form), signOf(at + 1, form)];
    const to = (2 * count + form) * windowBytes;
    let most = 0;
    for (let i = 0; i < windowBytes; i += 2) {
      const first = a * weights[count * windowBytes + i];
      const second = b * weights[count * windowBytes + i + 1];
      const positive = Math.max(first, 0) + Math.max(second, 0);
      const negative = positive - first - second;
      sums[to + i] = positive;
      sums[to + i + 1] = negative;
      most = Math.max(most, positive, negative, first + 1, second + 1);
    }
    allowed[2 * count + form] = Number(most <= mostSum);
  }
}

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
  readonly #forms: readonly Form[];

  /** `inverts` where windows may be inverted. */
  constructor(runs: number, depth: number, zeroPoint: number, inverts: boolean) {
    const most = sets * runs * depth;
    this.#runs = runs;
    this.#depth = depth;
    this.#zeroPoint = zeroPoint;
    this.#forms = inverts ? both : plain;
    this.#left = new Int16Array((depth + windowDepth) * windowColumns);
    this.#block = {
      count: 0,
      places: new Uint16Array(most),
      weights: new Int16Array(most * windowBytes),
      allowed: new Uint8Array(2 * most),
      sums: new Uint8Array(2 * most * windowBytes),
    };
  }

  /** The windows of up to 8 columns, whose weights are `data`. */
  make(data: Int8Array): Arranged {
    const cutter = new Cutter(this.#left, this.#block, this.#forms);
    this.#block.count = 0;
    for (let run = 0; run < this.#runs; run++)
      for (let set = 0; set < sets; set++) {
        this.#take(data, run, set);
        cutter.cut(run, this.#depth);
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
