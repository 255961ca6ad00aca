import type { Contest } from './contest.ts';
import { type Results, ratios } from './results.ts';

export interface Regression {
  readonly model: string;
  readonly precision: string;
  readonly threads: number;
  readonly peer: string;
  readonly before: number;
  readonly after: number;
}

export interface Comparison {
  readonly compared: number;
  readonly worse: readonly Regression[];
}

/**
 * Ratios to each peer that both runs have and that became worse by more than `tolerance`, of the minima and of the
 * medians alike. Ratios of one process hold on another machine or at another clock, where times do not.
 */
export function regressions(before: Results, after: Results, tolerance: number): Comparison {
  const known = new Map(before.contests.flatMap(ratiosByKey));
  const both = after.contests.flatMap(ratiosByKey).flatMap(([key, now]) => {
    const old = known.get(key);
    return old ? [{ old, now }] : [];
  });
  const worse = both.filter(
    ({ old, now }) => Math.max(now.min / old.min, now.median / old.median) < 1 - tolerance,
  );
  return {
    compared: both.length,
    worse: worse.map(({ old, now }) => ({ ...now.of, before: old.median, after: now.median })),
  };
}

interface Keyed {
  readonly min: number;
  readonly median: number;
  readonly of: Pick<Regression, 'model' | 'precision' | 'threads' | 'peer'>;
}

const ratiosByKey = (contest: Contest): [string, Keyed][] =>
  ratios(contest).map(({ peer, min, median }) => {
    const { model, precision, threads } = contest;
    return [
      [model, precision, threads, peer].join(),
      { min, median, of: { model, precision, threads, peer } },
    ];
  });
