import type { Contender } from './contender.ts';

/** What a race found of one contender. Each sample is the mean of one burst. Units: ns. */
export interface RaceResult {
  readonly name: string;
  readonly minNs: number;
  readonly medianNs: number;
  readonly bursts: number;
}

export interface RaceOptions {
  /** Time that each contender may take, about; the race ends when the fastest has used it, or after `mostRounds`. */
  readonly durationNs: number;
}

const burstNs = 2e6;
const fewestRuns = 3;
const warmBursts = 3;
const fewestRounds = 7;
const mostRounds = 120;

interface Runner {
  contender: Contender;
  runs: number;
  /** Takes part in every so many-th round, so that a slow one cannot eat the time of the others. */
  every: number;
  samples: number[];
}

/** Runs contenders in turns, a burst each, so that whatever else the machine does meets all of them. */
export async function race(contenders: readonly Contender[], options: RaceOptions): Promise<RaceResult[]> {
  const runners: Runner[] = [];
  for (const contender of contenders) runners.push(await warmed(contender, options.durationNs));
  for (let round = 0; round < mostRounds; round++) {
    for (const { contender, runs, every, samples } of runners)
      if (round % every === 0) samples.push(await contender.burst(runs));
  }
  return runners.map(({ contender, samples }) => summarized(contender.name, samples));
}

async function warmed(contender: Contender, durationNs: number): Promise<Runner> {
  await contender.burst(1);
  const once = await contender.burst(1);
  const runs = Math.max(fewestRuns, Math.ceil(burstNs / Math.max(1, once)));
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < warmBursts; i++) fastest = Math.min(fastest, (await contender.burst(runs)) * runs);
  const rounds = Math.min(mostRounds, Math.max(fewestRounds, Math.floor(durationNs / fastest)));
  return { contender, runs, every: Math.ceil(mostRounds / rounds), samples: [] };
}

function summarized(name: string, samples: number[]): RaceResult {
  const sorted = samples.toSorted((a, b) => a - b);
  return { name, minNs: sorted[0], medianNs: sorted[sorted.length >> 1], bursts: sorted.length };
}
