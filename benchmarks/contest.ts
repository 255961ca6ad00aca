import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, type NodeProfile, type Session, seededInputs } from 'edgec';
import { onnxOps } from 'edgec/compiler';
import { type Contender, edgecContender, type NamedInput, type Ort, type RaceResult, race } from '#peers';
import type { Prepared } from './prepare.ts';

export interface Contest {
  readonly model: string;
  readonly precision: string;
  readonly threads: number;
  readonly macs: number;
  readonly packageBytes: number;
  /** edgec first. */
  readonly results: readonly RaceResult[];
  /** Ops of the graph that ONNX Runtime really runs. */
  readonly ortOps: Readonly<Record<string, number>>;
  readonly layers: readonly NodeProfile[];
}

export interface ContestOptions {
  readonly ort: Ort;
  readonly threads: number;
  readonly durationNs: number;
}

const profiledRuns = 20;

export function namedInputs(session: Session): NamedInput[] {
  const values = seededInputs(session.inputs, 1);
  return session.inputs.map(({ name, type }) => ({
    name,
    dtype: type.dtype,
    shape: type.shape,
    data: values[name],
  }));
}

/** Races edgec against the peers on one model, all in this process and on the same weights and inputs. */
export async function contest(prepared: Prepared, options: ContestOptions): Promise<Contest> {
  const { ort, threads, durationNs } = options;
  const session = await loadModel(prepared.package, { executor: 'native', threads });
  const inputs = namedInputs(session);
  const contenders: Contender[] = [
    edgecContender('edgec', session, inputs),
    ort.native('ort', prepared.onnx, inputs, { threads }),
    await ort.public('ort-public', prepared.onnx, inputs, { threads }),
  ];
  const results = await race(contenders, { durationNs });
  const layers = session.profile(profiledRuns);
  for (const contender of contenders) await contender.dispose();
  return {
    model: prepared.name,
    precision: prepared.precision,
    threads,
    macs: prepared.macs,
    packageBytes: prepared.package.length,
    results,
    ortOps: optimizedOps(prepared.onnx, inputs, options),
    layers,
  };
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
