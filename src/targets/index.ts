import { EdgecError } from '../core/index.ts';
import { boards } from './boards.ts';
import type { Target } from './define-target.ts';

export type { Target } from './define-target.ts';
export { type LatencyPrediction, predictLatency } from './roofline.ts';

/** The machine that edgec runs on: its latency is measured, not predicted. */
export const hostName = 'host';

export const targetNames = (): string[] => [hostName, ...boards.map((b) => b.name)];
export const allBoards = (): readonly Target[] => boards;

/** The facts about a board; undefined for the host. Throws E_TARGET_UNKNOWN. */
export function findTarget(name: string): Target | undefined {
  if (name === hostName) return undefined;
  const found = boards.find((b) => b.name === name);
  if (found) return found;
  throw new EdgecError('E_TARGET_UNKNOWN', `there is no target '${name}'`, {
    expected: targetNames().join(', '),
    found: name,
    remedy: 'pick one that `edgec targets` lists',
  });
}
