import { weightSign, windowColumns, windowDepth } from '../package/windows.ts';

/** Two products of a byte of a row sum up to an int16 where the weights of either sign sum up to no more. */
export const mostSum = 128;
const mostWeight = 127;

export const windowBytes = windowColumns * windowDepth;

/** 1 for inverted windows. */
export type Form = 0 | 1;
const plain: readonly Form[] = [0];
const both: readonly Form[] = [0, 1];

export const signOf = (byte: number, form: Form): number => weightSign(byte, form === 1);

/** The windows of 8 columns. A lane has the weights of two bytes of a column. */
export interface Block {
  count: number;
  readonly places: Uint16Array;
  /** The weights of each window where it is not inverted. */
  readonly weights: Int16Array;
  /** Of each window in either form whether it can have that, and of each lane its positive weights, then its negative ones without their sign. */
  readonly allowed: Uint8Array;
  readonly sums: Uint8Array;
}

/** Room for so many windows. */
export const makeBlock = (most: number): Block => ({
  count: 0,
  places: new Uint16Array(most),
  weights: new Int16Array(most * windowBytes),
  allowed: new Uint8Array(both.length * most),
  sums: new Uint8Array(both.length * most * windowBytes),
});

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

/** Cuts what a run of rows has of 8 columns into windows, one behind the other in a block. */
export class WindowCutter {
  readonly #left: Int16Array;
  readonly #block: Block;
  readonly #forms: readonly Form[];

  /**
   * `left` holds the weights of a run by byte, then by column, and behind them those of 4 bytes that are 0. `inverts` where
   * windows may be inverted.
   */
  constructor(left: Int16Array, block: Block, inverts: boolean) {
    this.#left = left;
    this.#block = block;
    this.#forms = inverts ? both : plain;
  }

  /** Cuts what is left of a run of so many bytes, and uses it up. */
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
