import { EdgecError } from '../errors.ts';
import { isas, storages } from './layout.ts';
import type { BufferPlan, Plan } from './package.ts';
import { WordReader } from './word-reader.ts';

type Isa = (typeof isas)[number];

const low = (n: number): number => n | 0;
const high = (n: number): number => Math.floor(n / 4294967296);

/** A plan as the 32-bit words that the engine and a plan section take. */
export function encodePlan(plan: Plan): Int32Array {
  const words = [
    isas.indexOf(plan.isa as Isa),
    plan.threads,
    plan.keepAll ? 1 : 0,
    low(plan.arenaBytes),
    high(plan.arenaBytes),
    plan.buffers.length,
  ];
  for (const b of plan.buffers) {
    words.push(b.value, low(b.offset), high(b.offset), low(b.bytes), high(b.bytes));
    words.push(storages.indexOf(b.storage), ...b.halo, b.fill);
  }
  return Int32Array.from(words);
}

/** The inverse of `encodePlan`. Throws E_PACKAGE_CORRUPT. */
export function decodePlan(words: Int32Array): Plan {
  const r = new WordReader(words, 'plan');
  const isa = isas[r.next()];
  if (!isa) throw new EdgecError('E_PACKAGE_CORRUPT', 'plan for an unknown instruction set');
  const threads = r.next();
  const keepAll = r.next() !== 0;
  const arenaBytes = r.long();
  const buffers: BufferPlan[] = r.list(11, () => ({
    value: r.next(),
    offset: r.long(),
    bytes: r.long(),
    storage: storages[r.next() === 1 ? 1 : 0],
    halo: [r.next(), r.next(), r.next(), r.next()],
    fill: r.next(),
  }));
  r.end();
  return { isa, threads, keepAll, arenaBytes, buffers };
}

const familyOf = (isa: string): string => isa.split('_')[0];

/**
 * The plan among the words of several that fits `isa` best: for itself, or for a lesser one of its family, or for any.
 * Undefined where none fits.
 */
export function choosePlan(plans: readonly Int32Array[], isa: string): Int32Array | undefined {
  const rankOf = ([id, , keepAll]: Int32Array): number => {
    const made = isas[id];
    if (made === undefined || keepAll !== 0) return -1;
    return made === 'any' || (familyOf(made) === familyOf(isa) && id <= isas.indexOf(isa as Isa)) ? id : -1;
  };
  const [best] = plans.filter((p) => rankOf(p) >= 0).sort((a, b) => rankOf(b) - rankOf(a));
  return best;
}
