const word = new DataView(new ArrayBuffer(4));

/** The next binary32 above `v`, which is one itself; NaN above +∞. */
export function nextUp(v: number): number {
  if (v === Number.POSITIVE_INFINITY) return Number.NaN;
  if (v === 0) return 2 ** -149;
  word.setFloat32(0, v);
  word.setInt32(0, word.getInt32(0) + (v > 0 ? 1 : -1));
  return word.getFloat32(0);
}

export const nextDown = (v: number): number => -nextUp(-v);

/** The greatest binary32 that is at most `v`. */
export function floorToFloat(v: number): number {
  const near = Math.fround(v);
  return near > v ? nextDown(near) : near;
}

/** The least binary32 that is at least `v`. */
export const ceilToFloat = (v: number): number => -floorToFloat(-v);
