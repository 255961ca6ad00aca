import { cpus } from 'node:os';
import { elementCount, Random, type TypedArray, tensor } from '../core/index.ts';
import { loadModel, type Session } from '../runtime/index.ts';
import { openSession, parseShapes } from './open.ts';
import { milliseconds, type OutputOptions, print } from './output.ts';

interface Options extends OutputOptions {
  threads: number;
  runs?: number;
  duration: number;
  layers?: boolean;
  executor?: 'native' | 'reference';
  shape?: string[];
}

/** Seeded inputs by name: normal reals, integers over the whole range of their type. */
export function seededInputs(session: Session, seed: number): Record<string, TypedArray> {
  const random = new Random(seed);
  return Object.fromEntries(
    session.inputs.map(({ name, type }) => {
      const { data } = tensor(type.dtype, type.shape);
      const draw = {
        float32: () => random.normal(),
        uint8: () => random.int(0, 255),
        int8: () => random.int(-128, 127),
      }[type.dtype as 'int8'];
      for (let i = 0; i < elementCount(type.shape) && draw; i++) data[i] = draw();
      return [name, data];
    }),
  );
}

export interface Latency {
  min: number;
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  std: number;
}

export function summarize(samples: Float64Array): Latency {
  const sorted = samples.toSorted();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length;
  const variance = samples.reduce((a, b) => a + (b - mean) ** 2, 0) / samples.length;
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

export interface Timing {
  latencyNs: Latency;
  loadNs: number;
  firstNs: number;
  runs: number;
}

/** Times loading, the first and warm runs of a package. */
export async function time(
  bytes: Uint8Array,
  options: { runs?: number; duration: number; executor?: 'native' | 'reference' },
): Promise<Timing> {
  const started = performance.now();
  const session = await loadModel(bytes, { executor: options.executor });
  const loadNs = (performance.now() - started) * 1e6;
  const inputs = seededInputs(session, 1);
  const first = performance.now();
  session.runSync(inputs);
  const firstNs = (performance.now() - first) * 1e6;
  const [once] = session.timeRuns(1);
  const runs = options.runs ?? Math.max(1, Math.min(100_000, Math.floor((options.duration * 1e9) / once)));
  session.timeRuns(Math.ceil(runs / 10));
  const latencyNs = summarize(session.timeRuns(runs));
  session.dispose();
  return { latencyNs, loadNs, firstNs, runs };
}

/** Times a model on this machine. */
export async function bench(path: string, options: Options): Promise<void> {
  const { bytes, session } = await openSession(path, {
    executor: options.executor,
    shapes: parseShapes(options.shape),
  });
  const timing = await time(bytes, options);
  session.runSync(seededInputs(session, 1));
  const layers = options.layers ? session.profile(Math.min(timing.runs, 100)) : undefined;
  const cpu = cpus()[0]?.model ?? 'unknown CPU';
  const result = { ...timing, threads: 1, executor: session.executor, cpu, ...(layers && { layers }) };
  const { latencyNs: l } = timing;
  print(options, result, () => [
    `${path} on ${cpu}, ${session.executor} executor, 1 thread, ${timing.runs} runs`,
    `load ${milliseconds(timing.loadNs)}, first run ${milliseconds(timing.firstNs)}`,
    `min ${milliseconds(l.min)}, p50 ${milliseconds(l.p50)}, mean ${milliseconds(l.mean)}, p90 ${milliseconds(l.p90)}, p99 ${milliseconds(l.p99)}`,
    ...(layers ?? []).map(
      (n) => `${milliseconds(n.latencyNs).padStart(12)}  ${n.op.padEnd(18)}${n.node}  (${n.kernel})`,
    ),
  ]);
}
