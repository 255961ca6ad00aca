import { openSync, writeSync } from 'node:fs';
import { judge } from './judge.ts';
import { corpusOf, type Format, mutantOf } from './mutant.ts';

/** What a worker says of a mutant. */
export interface Report {
  readonly n: number;
  readonly format: Format;
  readonly structured: boolean;
  readonly size: number;
  readonly outcome: string;
  readonly ms: number;
  readonly bytes: number;
  readonly finding?: string;
}

const batch = 256;

/** Works through the mutants [from, to) of a seed; the one it is at stands in the file `place`. */
async function work(seed: number, from: number, to: number, place: string): Promise<void> {
  const corpus = await corpusOf(seed);
  const file = openSync(place, 'w');
  const word = Buffer.alloc(8);
  let reports: Report[] = [];
  const send = (): Promise<void> =>
    new Promise((sent) => process.send?.(reports, undefined, undefined, () => sent()));
  for (let n = from; n < to; n++) {
    word.writeDoubleLE(n);
    writeSync(file, word, 0, 8, 0);
    const mutant = mutantOf(corpus, seed, n);
    const verdict = await judge(mutant);
    reports.push({
      n,
      format: mutant.format,
      structured: mutant.structured,
      size: mutant.bytes.length,
      ...verdict,
    });
    if (reports.length < batch && n + 1 < to && !verdict.finding) continue;
    await send();
    reports = [];
  }
  process.disconnect?.();
}

const [seed, from, to] = process.argv.slice(2, 5).map(Number);
await work(seed, from, to, process.argv[5]);
