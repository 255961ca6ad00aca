import { type PackageValue, readPackage, writePackage } from '../../src/core/index.ts';
import type { Malformed } from './malformed.ts';

/** Packages like `sound`, which has int8 weights that are filtered, but for one thing about how they are stored. */
export function malformedWinograd(sound: Uint8Array): Malformed[] {
  const pkg = readPackage(sound);
  const { values } = pkg.graph;
  const id = values.findIndex((v) => v.winograd && v.panels);
  const { panels } = values[id];
  if (!panels) throw new Error('the package has no filtered weights');
  const stored = (change: Partial<typeof panels>, side: number = 4): Uint8Array => {
    const changed = {
      ...values[id],
      panels: { ...panels, ...change },
      winograd: side as PackageValue['winograd'],
    };
    return writePackage({ ...pkg, graph: { ...pkg.graph, values: values.with(id, changed) } });
  };
  const bad = 'E_PACKAGE_CORRUPT';
  return [
    ['weights filtered in squares of 3', bad, stored({}, 3)],
    ['weights filtered in squares of −2', bad, stored({}, -2)],
    ['weights filtered in squares of 2^31 − 1', bad, stored({}, 0x7fffffff)],
    ['weights filtered in two groups', bad, stored({ groups: 2 })],
    ['weights filtered in nine runs', bad, stored({ runs: 9 })],
    ['weights filtered in one run', bad, stored({ runs: 1 })],
  ];
}
