import { expect, test } from 'vitest';
import { nets } from '../../benchmarks/nets/index.ts';
import { canonicalize, macsOf } from '../../src/compiler/index.ts';
import { lower } from '../../src/compiler/lower/index.ts';

/** Millions of multiply-accumulates, as the papers and MLPerf Tiny state them, within a tenth. */
const published: Readonly<Record<string, number>> = {
  ad: 0.264,
  kws: 2.66,
  vww: 7.5,
  resnet8: 12.5,
  mobilenetv1: 569,
  mobilenetv2: 300,
  squeezenet: 352,
  resnet18: 1814,
  resnet50: 4089,
};

test.each(Object.entries(published))('%s has the work of its namesake', (name, millions) => {
  const macs = macsOf(lower(canonicalize(nets[name](1))).graph);
  expect(macs / 1e6).toBeGreaterThan(0.9 * millions);
  expect(macs / 1e6).toBeLessThan(1.1 * millions);
});

test('a seed decides the weights', () => {
  const weights = (seed: number) => [...nets.kws(seed).values.values()].map((v) => v.constant?.data);
  expect(weights(1)).toEqual(weights(1));
  expect(weights(1)).not.toEqual(weights(2));
});
