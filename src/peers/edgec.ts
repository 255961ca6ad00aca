import type { Session } from '../runtime/index.ts';
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
