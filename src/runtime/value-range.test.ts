import { expect, it } from 'vitest';
import { opByName, samplePackage, tensor } from '../core/index.ts';
import { loadModel } from './index.ts';

/** The range of `values` after they passed through a node that keeps them. */
async function rangesOf(values: readonly number[]) {
  const sample = { inputs: [tensor('float32', [values.length], values)], attrs: { shape: [values.length] } };
  const { bytes, inputs } = samplePackage(opByName('Reshape'), sample);
  const found = [];
  for (const executor of ['native', 'reference'] as const) {
    const session = await loadModel(bytes, { executor, keepAll: true });
    session.runSync(inputs);
    found.push(session.rangeAt(1));
    session.dispose();
  }
  return found;
}

it('finds the least and the greatest of kept values, wherever they stand', async () => {
  for (let length = 1; length < 40; length += 6) {
    const values = Array.from({ length }, (_, i) => Math.sin(i) - 0.5);
    const range = { min: Math.fround(Math.min(...values)), max: Math.fround(Math.max(...values)) };
    expect(await rangesOf(values)).toEqual([range, range]);
  }
});

it('is no number where an element is none', async () => {
  const none = { min: Number.NaN, max: Number.NaN };
  for (const at of [0, 15, 16, 20]) {
    const values = Array.from({ length: 21 }, (_, i) => (i === at ? Number.NaN : i));
    expect(await rangesOf(values)).toEqual([none, none]);
  }
  expect(await rangesOf([1, Number.POSITIVE_INFINITY])).toEqual([
    { min: 1, max: Number.POSITIVE_INFINITY },
    { min: 1, max: Number.POSITIVE_INFINITY },
  ]);
});
