import { readPackage } from '../core/index.ts';
import { findTarget, type LatencyPrediction, predictLatency } from '../targets/index.ts';
import { timePackage } from './timing.ts';

const hostDurationNs = 5e8;

/** Latency of a package on a target: measured on the host, a roofline with its interval on every other board. */
export async function latencyOn(target: string, bytes: Uint8Array): Promise<LatencyPrediction> {
  const board = findTarget(target);
  if (board) return predictLatency(board, readPackage(bytes).graph);
  const { latencyNs } = await timePackage(bytes, { durationNs: hostDurationNs });
  const [valueNs, p10Ns, p90Ns] = [latencyNs.p50, latencyNs.min, latencyNs.p90].map(Math.round);
  return { valueNs, p10Ns, p90Ns, method: 'measured', calibrated: true };
}
