import { windowColumns, windowDepth } from '../package/windows.ts';

/** Two products of a byte of a row sum up to an int16 where the weights of either sign sum up to no more. */
export const mostSum = 128;

const windowBytes = windowColumns * windowDepth;

/** The windows of 8 columns: as many places, weights and sums of lanes. A lane has the weights of two bytes of a column. */
interface Block {
  count: number;
  readonly places: Uint16Array;
  readonly weights: Int8Array;
  /** Of each lane its positive weights, then its negative ones without their sign. */
  readonly sums: Uint8Array;
}

/** A weight without its zero point is the sum of two int8. */
const sets = 2;

/** What two weights of a lane are too much; weights of different signs never are. */
const excessOf = (sum: number): number =>
  sum > mostSum ? sum - mostSum : sum < -mostSum ? sum + mostSum : 0;

/** Cuts what a run of rows has of 8 columns into windows. */
class Cutter {
  readonly #left: Int16Array;
  readonly #block: Block;

  /** `left` holds the weights of the run by byte, then by column, and behind them those of 4 bytes that are 0. It is used up. */
  constructor(left: Int16Array, block: Block) {
    this.#left = left;
    this.#block = block;
  }

  #isZero(byte: number): boolean {
    for (let i = byte * windowColumns; i < (byte + 1) * windowColumns; i++)
      if (this.#left[i] !== 0) return false;
    return true;
  }

  #exceeds(byte: number): boolean {
    for (let i = byte * windowColumns; i < (byte + 1) * windowColumns; i++)
      if (excessOf(this.#left[i] + this.#left[i + windowColumns]) !== 0) return true;
    return false;
  }

  /** Moves the weights of two bytes to a lane of the next window, but for what exceeds it: that stays at the second. Tells whether any does. */
  #takeLane(byte: number, lane: number): boolean {
    const left = this.#left;
    const { count, weights, sums } = this.#block;
    let any = 0;
    for (let c = 0; c < windowColumns; c++) {
      const from = byte * windowColumns + c;
      const first = left[from];
      const excess = excessOf(first + left[from + windowColumns]);
      const second = left[from + windowColumns] - excess;
      const to = count * windowBytes + c * windowDepth + 2 * lane;
      weights[to] = first;
      weights[to + 1] = second;
      sums[to] = Math.max(first, 0) + Math.max(second, 0);
      sums[to + 1] = -Math.min(first, 0) - Math.min(second, 0);
      left[from] = 0;
      left[from + windowColumns] = excess;
      any |= excess;
    }
    return any !== 0;
  }

  /** Where two bytes exceed a lane, the window starts a byte earlier, so that they are in different lanes. */
  cut(run: number, depth: number): void {
    for (let i = 0; i < depth; ) {
      if (this.#isZero(i)) {
        i++;
        continue;
      }
      const at = i > 0 && this.#exceeds(i) ? i - 1 : i;
      this.#block.places[this.#block.count] = run * depth + at;
      const first = this.#takeLane(at, 0);
      const second = this.#takeLane(at + 2, 1);
      this.#block.count++;
      i = first ? at + 1 : second ? at + 3 : at + 4;
    }
  }
}

function fitTogether(sums: Uint8Array, one: number, other: number): boolean {
  const [a, b] = [one * windowBytes, other * windowBytes];
  for (let i = 0; i < windowBytes; i++) if (sums[a + i] + sums[b + i] > mostSum) return false;
  return true;
}

/** How hard it is to find a partner for each window. */
function hardnessOf({ count, sums }: Block): Float64Array {
  const hardness = new Float64Array(count);
  for (let i = 0; i < count * windowBytes; i++) hardness[Math.floor(i / windowBytes)] += sums[i] ** 2;
  return hardness;
}

/** The partner of every window, or itself: the hardest with the next hardest that fits. */
function partnersOf(block: Block): Uint32Array {
  const mostTrials = 256;
  const hardness = hardnessOf(block);
  const order = Uint32Array.from(hardness.keys()).sort((a, b) => hardness[b] - hardness[a]);
  const partners = Uint32Array.from(order.keys());
  // Places in the order, each with the next that is still without a partner.
  const next = Uint32Array.from(order.keys(), (i) => i + 1);
  for (let i = 0; i < order.length; i = next[i]) {
    let before = i;
    for (let trial = 0; trial < mostTrials && next[before] < order.length; trial++, before = next[before]) {
      const candidate = next[before];
      if (!fitTogether(block.sums, order[i], order[candidate])) continue;
      partners[order[i]] = order[candidate];
      partners[order[candidate]] = order[i];
      next[before] = next[candidate];
      break;
    }
  }
  return partners;
}

/** The windows of a block of columns in the order of a package: pairs from the start of a row to its end, then single ones. */
export interface Arranged {
  readonly pairs: number;
  readonly singles: number;
  readonly places: Uint16Array;
  readonly weights: Int8Array;
}

function arrange(block: Block): Arranged {
  const partners = partnersOf(block);
  const pairs: number[] = [];
  const singles: number[] = [];
  for (const [i, partner] of partners.entries()) {
    if (partner === i) singles.push(i);
    else if (partner > i) pairs.push(i, partner);
  }
  const order = [...pairs, ...singles];
  const weights = new Int8Array(order.length * windowBytes);
  for (const [to, from] of order.entries())
    weights.set(block.weights.subarray(from * windowBytes, (from + 1) * windowBytes), to * windowBytes);
  const places = Uint16Array.from(order, (i) => block.places[i]);
  return { pairs: pairs.length / 2, singles: singles.length, places, weights };
}

/**
 * Makes the windows of block after block of columns with `runs` of `depth` weights. Where neighbouring weights are too large
 * for a lane, windows overlap and may share the weight of a byte.
 */
export class WindowMaker {
  readonly #runs: number;
  readonly #depth: number;
  readonly #zeroPoint: number;
  readonly #block: Block;
  readonly #left: Int16Array;

  constructor(runs: number, depth: number, zeroPoint: number) {
    const most = sets * runs * depth;
    this.#runs = runs;
    this.#depth = depth;
    this.#zeroPoint = zeroPoint;
    this.#left = new Int16Array((depth + windowDepth) * windowColumns);
    this.#block = {
      count: 0,
      places: new Uint16Array(most),
      weights: new Int8Array(most * windowBytes),
      sums: new Uint8Array(most * windowBytes),
    };
  }

  /** The windows of up to 8 columns, whose weights are `data`. */
  make(data: Int8Array): Arranged {
    const cutter = new Cutter(this.#left, this.#block);
    this.#block.count = 0;
    for (let run = 0; run < this.#runs; run++)
      for (let set = 0; set < sets; set++) {
        this.#take(data, run, set);
        cutter.cut(run, this.#depth);
      }
    return arrange(this.#block);
  }

  /** What one of the int8 that add up to a weight has of it. */
  #take(data: Int8Array, run: number, set: number): void {
    const column = this.#runs * this.#depth;
    this.#left.fill(0);
    for (let c = 0; c * column < data.length; c++)
      for (let k = 0; k < this.#depth; k++) {
        const weight = data[c * column + run * this.#depth + k] - this.#zeroPoint;
        const first = Math.min(127, Math.max(-128, weight));
        this.#left[k * windowColumns + c] = set === 0 ? first : weight - first;
      }
  }
}
