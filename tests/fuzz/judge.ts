import { compileModel, macsOf } from '../../src/compiler/index.ts';
import {
  EdgecError,
  errorCodes,
  Random,
  readPackage,
  type TypedArray,
  tensor,
  tensorBytes,
} from '../../src/core/index.ts';
import { loadModel, nativeIsas, type Session } from '../../src/runtime/index.ts';
import type { Mutant } from './mutant.ts';
import { watchPeak } from './peak.ts';

/** Limits that the models run under. */
export const limits = { memoryBytes: 32 * 2 ** 20, macs: 1e8 } as const;

/** What is asked of a mutant, from Show 5 of the design. */
export const bounds = {
  hangMs: 1000,
  /** A rejected file of `size` bytes. */
  rejectedBytes: (size: number): number => 4 * size + 64 * 2 ** 20,
  /** An accepted one: what the limit allows, as much again for the arrays of the caller, and what reading took. */
  acceptedBytes: (size: number): number => 2 * limits.memoryBytes + bounds.rejectedBytes(size),
} as const;

/** What the reference executor is spared: it takes a thousand times as long. */
const referenceBounds = { macs: 1e5, bytes: 2 ** 18 };

export interface Verdict {
  /** 'accepted', or the code of the error. */
  readonly outcome: string;
  readonly ms: number;
  readonly bytes: number;
  /** Why this must not be. */
  readonly finding?: string;
}

class Finding extends Error {}

const executor = (bytes: Uint8Array, options: object): Promise<Session> =>
  loadModel(bytes, { executor: 'native', limits, ...options });

const pattern = Float32Array.from({ length: 61 }, (_, i) => (i % 7 === 0 ? 0 : (i - 30) / 5));

/** Values of every input, of both signs and some zero. */
function inputsOf({ inputs }: Session): Record<string, TypedArray> {
  const entries = inputs.map(({ name, type: { dtype, shape } }) => {
    const { data } = tensor(dtype, shape);
    if (!(data instanceof BigInt64Array))
      for (let i = 0; i < data.length; i += pattern.length) data.set(pattern.subarray(0, data.length - i), i);
    return [name, data] as const;
  });
  return Object.fromEntries(entries);
}

/** Runs what is left to chance: values that depend on the inputs may be refused, nothing else. */
function runOnce(session: Session): void {
  try {
    session.runSync(inputsOf(session));
  } catch (error) {
    if (!(error instanceof EdgecError && error.code === 'E_RUN_INPUT')) throw error;
  } finally {
    session.dispose();
  }
}

function isSmall(bytes: Uint8Array): boolean {
  const { graph } = readPackage(bytes);
  const size = graph.values.reduce((sum, { type }) => sum + tensorBytes(type), 0);
  return size <= referenceBounds.bytes && macsOf(graph) <= referenceBounds.macs;
}

async function runPackage(bytes: Uint8Array, random: Random): Promise<void> {
  const isa = random.pick(nativeIsas());
  const native = await loadModel(bytes, {
    executor: 'native',
    isa,
    keepAll: random.int(0, 15) === 0,
    limits,
  });
  runOnce(native);
  if (random.int(0, 3) === 0 && isSmall(bytes))
    runOnce(await loadModel(bytes, { executor: 'reference', limits }));
}

/** Areas of codes that a model file can be at fault for; noise to calibrate on can hold an index that is out of range. */
const modelAreas = /^E_(FILE|FORMAT|GRAPH|LIMIT|MODEL|NUMERICS|OP|SHAPE|TENSOR|RUN)_/;
/** Codes with which the runtime may refuse what the compiler made: the limit of memory is on the run as well. */
const refusals = new Set(['E_LIMIT_EXCEEDED']);

async function open({ format, bytes, random }: Mutant): Promise<void> {
  if (format === 'edgec') return runPackage(bytes, random);
  const isa = random.pick(nativeIsas());
  const precision = random.int(0, 7) === 0 ? 'int8' : 'float32';
  const target = { name: 'host', isa };
  const compiled = await compileModel({ model: bytes, precision, target, executor, limits });
  try {
    await runPackage(compiled.package, random);
  } catch (error) {
    if (!(error instanceof EdgecError) || refusals.has(error.code)) throw error;
    throw new Finding(
      `the package of an accepted model is refused: ${error.code} ${error.message} (${JSON.stringify(error.detail)})`,
    );
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Runs a mutant once. */
export async function attempt(mutant: Mutant): Promise<Verdict> {
  const peak = watchPeak();
  const start = performance.now();
  const done = (outcome: string, finding?: string): Verdict => ({
    outcome,
    ms: performance.now() - start,
    bytes: peak(),
    ...(finding && { finding }),
  });
  try {
    await open(mutant);
    return done('accepted');
  } catch (error) {
    if (error instanceof Finding) return done('finding', error.message);
    if (error instanceof EdgecError && error.code in errorCodes) {
      const foreign = mutant.format !== 'edgec' && !modelAreas.test(error.code);
      return done(error.code, foreign ? `not for a model file: ${describe(error)}` : undefined);
    }
    return done('finding', `an error without a code: ${describe(error)}`);
  }
}

function excess({ outcome, ms, bytes }: Verdict, size: number): string | undefined {
  if (ms > bounds.hangMs) return `it takes ${Math.round(ms)} ms`;
  const most = outcome === 'accepted' ? bounds.acceptedBytes(size) : bounds.rejectedBytes(size);
  return bytes > most ? `it takes ${(bytes / 2 ** 20).toFixed(1)} MB` : undefined;
}

const attempts = 3;

/** Runs a mutant. What seems too slow or too large is tried again, since other work and old garbage count as well. */
export async function judge(mutant: Mutant): Promise<Verdict> {
  const choice = mutant.random.uint32();
  let verdict = await attempt({ ...mutant, random: new Random(choice) });
  for (let i = 1; i < attempts && excess(verdict, mutant.bytes.length) && !verdict.finding; i++) {
    globalThis.gc?.();
    const next = await attempt({ ...mutant, random: new Random(choice) });
    verdict = { ...next, ms: Math.min(verdict.ms, next.ms), bytes: Math.min(verdict.bytes, next.bytes) };
  }
  const finding = verdict.finding ?? excess(verdict, mutant.bytes.length);
  return finding ? { ...verdict, finding } : verdict;
}
