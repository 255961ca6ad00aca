import type { Manifest } from '../core/index.ts';
import { machinePeaks, type Session, seededInputs } from '../runtime/index.ts';
import { openSession } from './open.ts';
import { cpuName, milliseconds, type OutputOptions, print, threadCount } from './output.ts';
import { type ReadingOptions, readingOf } from './reading.ts';
import { timePackage } from './timing.ts';

export interface BenchVerbOptions extends OutputOptions, ReadingOptions {
  threads: number | 'auto';
  runs?: number;
  duration: number;
  layers?: boolean;
  executor?: 'native' | 'reference';
  vs?: 'ort';
}

const mostProfiledRuns = 100;

/** Times a model on this machine, alone or against another runtime. */
export async function bench(path: string, options: BenchVerbOptions): Promise<void> {
  if (options.vs) return (await import('./versus.ts')).versus(path, options);
  const { executor, threads } = options;
  const { bytes, manifest, session } = await openSession(path, {
    executor,
    threads,
    ...readingOf(options),
  });
  try {
    const { runs, duration } = options;
    const timing = await timePackage(bytes, { runs, durationNs: duration * 1e9, executor, threads });
    session.runSync(seededInputs(session.inputs, 1));
    const layers = options.layers ? session.profile(Math.min(timing.runs, mostProfiledRuns)) : undefined;
    const cpu = cpuName();
    const peakShare = peakShareOf(session, manifest, timing.latencyNs.min);
    const shared = { threads: session.threads, executor: session.executor, cpu, peakShare };
    print(options, { ...timing, ...shared, ...(layers && { layers }) }, () => [
      `${path} on ${cpu}: ${session.executor} executor, ${threadCount(session.threads)}, ${timing.runs} runs`,
      `load ${milliseconds(timing.loadNs)}   first ${milliseconds(timing.firstNs)}`,
      Object.entries(timing.latencyNs)
        .map(([name, ns]) => `${name} ${milliseconds(ns)}`)
        .join('   '),
      ...(peakShare === undefined ? [] : [`${(100 * peakShare).toFixed(1)} % of the peak of its threads`]),
      ...(layers ?? []).map(
        (n) => `${milliseconds(n.latencyNs).padStart(12)}  ${n.op.padEnd(18)}${n.node}  (${n.kernel})`,
      ),
    ]);
  } finally {
    session.dispose();
  }
}

/** The share of the multiply-accumulates that the cores could do; undefined where a model has none or is of two precisions. */
function peakShareOf(session: Session, { precision, macs }: Manifest, latencyNs: number): number | undefined {
  if (session.executor !== 'native' || precision === 'mixed' || macs === 0) return undefined;
  return macs / latencyNs / ((session.threads * machinePeaks()[precision]) / 1e9);
}
