import { type LoadOptions, loadModel, seededInputs } from '../runtime/index.ts';

/** Units: ns. Percentiles by nearest rank. */
export interface Latency {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly std: number;
}

export interface Timing {
  readonly latencyNs: Latency;
  readonly loadNs: number;
  readonly firstNs: number;
  readonly runs: number;
}

export interface TimingOptions {
  /** Timed runs; otherwise as many as fit into `durationNs`. */
  readonly runs?: number;
  readonly durationNs: number;
  readonly executor?: LoadOptions['executor'];
  readonly threads?: LoadOptions['threads'];
}

const mostRuns = 1_000_000;
const batchNs = 5e7;

/** Statistics of a non-empty list of latencies. */
export function summarize(samples: readonly number[] | Float64Array): Latency {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const mean = sorted.reduce((sum, v) => sum + v, 0) / sorted.length;
  const variance = sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / sorted.length;
  return {
    min: sorted[0],
    mean,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    std: Math.sqrt(variance),
  };
}

const sinceNs = (start: number): number => Math.round((performance.now() - start) * 1e6);

/** Times loading, the first run on seeded inputs, and warm runs of a package. */
export async function timePackage(bytes: Uint8Array, options: TimingOptions): Promise<Timing> {
  const beforeLoad = performance.now();
  const session = await loadModel(bytes, { executor: options.executor, threads: options.threads });
  const loadNs = sinceNs(beforeLoad);
  try {
    const inputs = seededInputs(session.inputs, 1);
    const beforeFirst = performance.now();
    session.runSync(inputs);
    const firstNs = sinceNs(beforeFirst);
    const samples = warmRuns((count) => session.timeRuns(count), options);
    return { latencyNs: summarize(samples), loadNs, firstNs, runs: samples.length };
  } finally {
    session.dispose();
  }
}

function warmRuns(timeRuns: (count: number) => Float64Array, { runs, durationNs }: TimingOptions): number[] {
  const [once] = timeRuns(1);
  const batch = Math.max(1, Math.min(1000, Math.floor(batchNs / Math.max(1, once))));
  if (batch > 1) timeRuns(Math.min(batch, runs ?? batch));
  const samples: number[] = [];
  const wanted = runs ?? mostRuns;
  const end = performance.now() + durationNs / 1e6;
  while (samples.length < wanted && (runs !== undefined || samples.length === 0 || performance.now() < end)) {
    for (const latency of timeRuns(Math.min(batch, wanted - samples.length))) samples.push(latency);
  }
  return samples;
}
