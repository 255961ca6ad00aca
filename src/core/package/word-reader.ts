import { EdgecError } from '../errors.ts';

/** Bounded sequential reader of the 32-bit words of a section. Every overrun is E_PACKAGE_CORRUPT. */
export class WordReader {
  readonly #words: Int32Array;
  readonly #section: string;
  #at = 0;

  constructor(words: Int32Array, section: string) {
    this.#words = words;
    this.#section = section;
  }

  /** Words read so far. */
  get position(): number {
    return this.#at;
  }

  fail(what: string): EdgecError {
    return new EdgecError('E_PACKAGE_CORRUPT', `${this.#section} section: ${what}`, {
      where: `word ${this.#at}`,
      remedy: 'compile the model again',
    });
  }

  next(): number {
    if (this.#at >= this.#words.length) throw this.fail('ends early');
    return this.#words[this.#at++];
  }

  /** A non-negative 64-bit number stored low word first. */
  long(): number {
    const low = this.next() >>> 0;
    const n = this.next() * 4294967296 + low;
    if (n < 0 || !Number.isSafeInteger(n)) throw this.fail('a size is out of range');
    return n;
  }

  /** A counted list whose entries take at least `entryWords` words each. */
  list<T>(entryWords: number, entry: (index: number) => T): T[] {
    const count = this.next();
    if (count < 0 || count * entryWords > this.#words.length - this.#at)
      throw this.fail(`a list of ${count} does not fit`);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(entry(i));
    return items;
  }

  slice(count: number): Int32Array {
    if (count < 0 || count > this.#words.length - this.#at) throw this.fail('ends early');
    this.#at += count;
    return this.#words.subarray(this.#at - count, this.#at);
  }

  end(): void {
    if (this.#at !== this.#words.length) throw this.fail('has words left over');
  }
}
