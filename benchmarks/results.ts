import { readFileSync } from 'node:fs';
import { EdgecError, type MachinePeaks } from 'edgec';
import type { RaceResult } from '#peers';
import type { Contest } from './contest.ts';
import type { InstructionTimes } from './instructions.ts';
import type { Work } from './prepare.ts';
import type { ThreadTimes } from './threads.ts';

/** What one run of the benchmarks found. */
export interface Results {
  readonly cpu: string;
  readonly node: string;
  /** Versions of the other runtimes. */
  readonly peers: Readonly<Record<string, string>>;
  /** Measured in the same run. */
  readonly peaks: MachinePeaks;
  /** Of the native engine. */
  readonly addonBytes: number;
  readonly contests: readonly Contest[];
  readonly threadTimes: readonly ThreadTimes[];
  readonly instructionTimes: readonly InstructionTimes[];
  /** Models that could not be raced, and why. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly model: string;
  readonly reason: string;
}

export function readResults(path: string): Results {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Results;
  } catch (error) {
    throw new EdgecError('E_FILE_READ', 'cannot read results', {
      where: path,
      found: (error as Error).message,
    });
  }
}

export interface Ratio {
  readonly peer: string;
  readonly min: number;
  readonly median: number;
}

/** How many times as long each peer takes as edgec: above 1 edgec is faster. */
export const ratios = ({ races }: Contest): Ratio[] =>
  races.flatMap(([ours, ...peers]) =>
    peers.map(({ name, minNs, medianNs }) => ({
      peer: name,
      min: minNs / ours.minNs,
      median: medianNs / ours.medianNs,
    })),
  );

/** Times of edgec beside the native peers. */
export const timesOf = ({ races }: Contest): RaceResult => races[0][0];

/** The work of all layers. */
export const totalWork = ({ layers }: Contest): Work =>
  layers.reduce((sum, { macs, bytes }) => ({ macs: sum.macs + macs, bytes: sum.bytes + bytes }), {
    macs: 0,
    bytes: 0,
  });

/** The share of the measured peak of its threads that edgec reaches, at its best. */
export const shareOfPeak = (contest: Contest, peaks: MachinePeaks): number =>
  (totalWork(contest).macs / timesOf(contest).minNs) * (1e9 / (peaks[contest.precision] * contest.threads));

/** Products of matrices and convolutions of a graph of ONNX Runtime, in integers and in floats. */
export function productsOf({ ortOps }: Contest): { integer: number; float: number } {
  const count = (pattern: RegExp): number =>
    Object.entries(ortOps).reduce((sum, [op, times]) => sum + (pattern.test(op) ? times : 0), 0);
  return {
    integer: count(/^(QLinearConv|QGemm|QLinearMatMul|MatMulInteger\w*|ConvInteger)$/),
    float: count(/^(Fused)?(Conv|Gemm|MatMul)$/),
  };
}
