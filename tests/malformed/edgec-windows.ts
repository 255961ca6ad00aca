import { readPackage, type Windows, windowIndex, writePackage } from '../../src/core/index.ts';
import type { Malformed } from './malformed.ts';

/** Packages like `sound`, which has weights as windows, but for one thing about them. */
export function malformedWindows(sound: Uint8Array): Malformed[] {
  const pkg = readPackage(sound);
  const { values } = pkg.graph;
  const id = values.findIndex((v) => v.windows);
  const { type, windows } = values[id];
  if (!windows) throw new Error('the package has no windows');
  const withWindows = (change: Partial<Windows>): Uint8Array => {
    const changed = values.with(id, { ...values[id], windows: { ...windows, ...change } });
    return writePackage({ ...pkg, graph: { ...pkg.graph, values: changed } });
  };
  const withPart = (part: 'counts' | 'places', value: number): Uint8Array => {
    const index = windows.index.slice();
    windowIndex(type, windows, index)[part][0] = value;
    return withWindows({ index });
  };
  const bad = 'E_PACKAGE_CORRUPT';
  return [
    ['windows of no groups', bad, withWindows({ groups: 0 })],
    ['windows of groups that do not divide their columns', bad, withWindows({ groups: type.shape[0] + 1 })],
    ['windows of −1 runs', bad, withWindows({ runs: -1 })],
    ['windows of runs that do not divide their column', bad, withWindows({ runs: windows.index.length })],
    ['windows of two columns', bad, withWindows({ width: 2 })],
    ['−1 windows', bad, withWindows({ count: -1 })],
    ['2^31 − 1 windows', bad, withWindows({ count: 0x7fffffff })],
    ['a window more than there are', bad, withWindows({ count: windows.count + 1 })],
    ['a window less than there are', bad, withWindows({ count: windows.count - 1 })],
    ['2^32 − 1 pairs of windows', bad, withPart('counts', 0xffffffff)],
    ['no pairs where there are some', bad, withPart('counts', 0)],
    ['a window behind the last run', bad, withPart('places', 0xffff)],
  ];
}
