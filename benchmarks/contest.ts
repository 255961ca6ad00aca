import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, type NodeProfile } from 'edgec';
import { onnxOps } from 'edgec/compiler';
import {
  type Contender,
  edgecContender,
  type NamedInput,
  namedInputs,
  type Ort,
  type RaceResult,
  race,
  stateInputs,
} from '#peers';
import { type Footprint, footprints } from './footprint.ts';
import { ortWeb } from './peers/ort-web.ts';
import { tflite } from './peers/tflite.ts';
import type { Prepared, Work } from './prepare.ts';

export type Layer = NodeProfile & Work;

export interface Contest {
  readonly model: string;
  readonly precision: 'int8' | 'float32';
  readonly threads: number;
  readonly packageBytes: number;
  readonly weightBytes: number;
  readonly arenaBytes: number;
  /** A race against native peers and, with one thread, one against WebAssembly: its memory traffic disturbs others. edgec is first in each. */
  readonly races: readonly (readonly RaceResult[])[];
  /** Peers that do not run this model, and why. */
  readonly absent: Readonly<Record<string, string>>;
  /** Ops of the graph that ONNX Runtime really runs. */
  readonly ortOps: Readonly<Record<string, number>>;
  /** Absent from a brief contest. */
  readonly footprints?: Readonly<Record<'edgec' | 'ort', Footprint>>;
  readonly layers: readonly Layer[];
}

export interface ContestOptions {
  readonly ort: Ort;
  readonly threads: number;
  readonly durationNs: number;
  /** Only ONNX Runtime's native runs as peers, and no footprints. */
  readonly brief: boolean;
}

const profiledRuns = 20;

/**
 * Races edgec against the peers on one model, all in this process and on the same weights and inputs. Where ONNX Runtime
 * cannot run it, the reason.
 */
export async function contest(prepared: Prepared, options: ContestOptions): Promise<Contest | string> {
  const { threads, durationNs, brief } = options;
  const session = await loadModel(prepared.package, { executor: 'native', threads });
  const inputs = namedInputs(session);
  const all = [...inputs, ...stateInputs(prepared.package)];
  const absent: Record<string, string> = {};
  const races = [];
  for (const peers of peersOf(prepared, inputs, all, options)) {
    const contenders = [edgecContender('edgec', session, inputs), ...(await opened(peers, absent))];
    races.push(await race(contenders, { durationNs }));
    for (const peer of contenders.slice(1)) await peer.dispose();
  }
  const layers = session.profile(profiledRuns).map((node, i) => ({ ...node, ...prepared.work[i] }));
  session.dispose();
  if (absent.ort) return `ONNX Runtime: ${absent.ort}`;
  const { name: model, precision, package: bytes, weightBytes, arenaBytes } = prepared;
  return {
    model,
    precision,
    threads,
    packageBytes: bytes.length,
    weightBytes,
    arenaBytes,
    races,
    absent,
    ortOps: optimizedOps(prepared.onnx, all, options),
    footprints: brief ? undefined : footprints(prepared, all),
    layers,
  };
}

/** Undefined where a peer has no part in a race. */
type Opening = [name: string, open: () => Contender | undefined | Promise<Contender>];

/** The peers of each race; those that keep nothing between runs take `all`. The WebAssembly builds have one thread: they take part where all have. */
function peersOf(
  prepared: Prepared,
  inputs: readonly NamedInput[],
  all: readonly NamedInput[],
  options: ContestOptions,
): Opening[][] {
  const { ort, threads, brief } = options;
  const { onnx, precision, tflite: lite } = prepared;
  const saturates = (): boolean => precision === 'int8' && ort.saturation(onnx, all).changed > 0;
  const exact = (): Contender => ort.native('ort-exact', onnx, all, { threads, exact: true });
  const natives: Opening[] = [
    ['ort', () => ort.native('ort', onnx, all, { threads })],
    ['ort-exact', () => (saturates() ? exact() : undefined)],
  ];
  if (brief) return [natives];
  natives.push(['ort-public', () => ort.public('ort-public', onnx, all, { threads })]);
  if (threads > 1) return [natives];
  const wasm: Opening[] = [['ort-web', () => ortWeb(onnx, all)]];
  if (lite) wasm.push(['tfjs-tflite', () => tflite(lite, inputs)]);
  return [natives, wasm];
}

async function opened(peers: readonly Opening[], absent: Record<string, string>): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const [name, open] of peers) {
    try {
      const contender = await open();
      if (!contender) continue;
      await contender.burst(1);
      contenders.push(contender);
    } catch (error) {
      absent[name] = (error as Error).message.split('\n')[0];
    }
  }
  return contenders;
}

/** What ONNX Runtime makes of the model, read from the graph that it writes. */
function optimizedOps(onnx: Uint8Array, inputs: readonly NamedInput[], { ort, threads }: ContestOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'edgec-bench-'));
  try {
    const optimizedModelFilePath = join(folder, 'optimized.onnx');
    void ort.native('optimized', onnx, inputs, { threads, optimizedModelFilePath }).dispose();
    return onnxOps(readFileSync(optimizedModelFilePath));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
