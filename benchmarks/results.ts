import type { Contest } from './contest.ts';

/** What one run of the benchmarks found. */
export interface Results {
  readonly cpu: string;
  readonly node: string;
  /** Versions of the other runtimes. */
  readonly peers: Readonly<Record<string, string>>;
  readonly contests: readonly Contest[];
}

export interface Ratio {
  readonly peer: string;
  readonly min: number;
  readonly median: number;
}

/** How many times as long each peer takes as edgec: above 1 edgec is faster. */
export function ratios({ results: [ours, ...peers] }: Contest): Ratio[] {
  return peers.map(({ name, minNs, medianNs }) => ({
    peer: name,
    min: minNs / ours.minNs,
    median: medianNs / ours.medianNs,
  }));
}
