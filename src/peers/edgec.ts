import { type Session, seededInputs } from '../runtime/index.ts';
import type { Contender, NamedInput } from './contender.ts';

/** A session of edgec as a contender. It owns the session from then on. */
export function edgecContender(name: string, session: Session, inputs: readonly NamedInput[]): Contender {
  session.runSync(Object.fromEntries(inputs.map((input) => [input.name, input.data])));
  return {
    name,
    burst: (count) => session.timeRuns(count).reduce((sum, ns) => sum + ns, 0) / count,
    dispose: () => session.dispose(),
  };
}

/** The seeded inputs of a session, as every contender takes them. */
export function namedInputs(session: Session): NamedInput[] {
  const values = seededInputs(session.inputs, 1);
  return session.inputs.map(({ name, type: { dtype, shape } }) => ({
    name,
    dtype,
    shape,
    data: values[name],
  }));
}
