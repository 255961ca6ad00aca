/**
 * How near an executor comes to an op's `evaluate`, in float outputs; all others are exact. `relative`: of each element or
 * of 1, whichever is larger. `peak`: of the output's greatest magnitude, where sums may be made in other ways than term by term.
 */
export type Accuracy = { kind: 'exact' } | { kind: 'relative' | 'peak'; tolerance: number };

/** The first element of `found` that is further from `expected` than `accuracy` allows; -1 where none is. */
export function firstOutside(
  accuracy: Accuracy,
  found: ArrayLike<number | bigint>,
  expected: ArrayLike<number | bigint>,
): number {
  const tolerance = accuracy.kind === 'exact' ? 0 : accuracy.tolerance;
  let peak = 1;
  if (accuracy.kind === 'peak')
    for (let i = 0; i < expected.length; i++) peak = Math.max(peak, Math.abs(Number(expected[i])));
  for (let i = 0; i < expected.length; i++) {
    const [f, e] = [Number(found[i]), Number(expected[i])];
    if (Object.is(f, e) || f === e) continue;
    if (!(Math.abs(f - e) <= tolerance * Math.max(peak, Math.abs(e)))) return i;
  }
  return -1;
}
