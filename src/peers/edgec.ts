import { readHead, sourceOf, tensor } from '../core/index.ts';
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

/** What a package keeps between runs, as peers that keep nothing take it: inputs of their own, filled as for a first run. */
export function stateInputs(bytes: Uint8Array): NamedInput[] {
  const { manifest, inputs } = readHead(sourceOf(bytes));
  return inputs.flatMap(({ name, type: { dtype, shape } }) => {
    const state = manifest.states?.find(({ input }) => input === name);
    const data = tensor(dtype, shape).data as Int8Array;
    return state ? [{ name, dtype, shape, data: data.fill(state.initial) }] : [];
  });
}
