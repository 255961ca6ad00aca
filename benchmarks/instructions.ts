import { isDeepStrictEqual } from 'node:util';
import { loadModel, nativeIsas, type Session, seededInputs } from 'edgec';
import { edgecContender, namedInputs, type RaceResult, race } from '#peers';
import type { Prepared } from './prepare.ts';

/** Times of edgec on one instruction set, in int8 and in float, which took turns. */
export interface InstructionTimes {
  readonly model: string;
  readonly isa: string;
  readonly int8: RaceResult;
  readonly float32: RaceResult;
  /** Whether int8 gives the bytes that `bestIsa` gives. */
  readonly sameBytes: boolean;
  readonly bestIsa: string;
}

/** Races the int8 package of a model against its float one on `isa`. Throws E_ENV_CPU where this CPU lacks it. */
export async function instructionTimes(
  { int8, float32 }: Readonly<Record<'int8' | 'float32', Prepared>>,
  isa: string,
  durationNs: number,
): Promise<InstructionTimes> {
  const contenders = [];
  for (const { precision, package: bytes } of [int8, float32]) {
    const session = await loadModel(bytes, { executor: 'native', isa });
    contenders.push(edgecContender(precision, session, namedInputs(session)));
  }
  const times = await race(contenders, { durationNs });
  for (const contender of contenders) await contender.dispose();
  const bestIsa = nativeIsas().at(-1) ?? isa;
  const sameBytes = isDeepStrictEqual(await outputsOn(isa, int8), await outputsOn(bestIsa, int8));
  return { model: int8.name, isa, int8: times[0], float32: times[1], sameBytes, bestIsa };
}

async function outputsOn(isa: string, prepared: Prepared): Promise<ReturnType<Session['runSync']>> {
  const session = await loadModel(prepared.package, { executor: 'native', isa });
  try {
    return session.runSync(seededInputs(session.inputs, 1));
  } finally {
    session.dispose();
  }
}
