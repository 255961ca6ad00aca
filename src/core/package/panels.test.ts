import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tensor } from '../tensor.ts';
import { fromPanels, panelBytes, panelsFit, storedPanelBytes, toPanels } from './panels.ts';

const size = (max: number) => fc.integer({ min: 1, max });

test('panels hold the elements and the sums of a value', () => {
  const cases = fc.record({
    dtype: fc.constantFrom('int8', 'float32'),
    groups: size(3),
    perGroup: size(40),
    runs: size(5),
    depth: size(11),
    unit: fc.constantFrom(1, 2, 4, 8),
  });
  fc.assert(
    fc.property(cases, ({ dtype, groups, perGroup, runs, depth, unit }) => {
      const panels = { groups, runs, unit };
      const shape = [groups * perGroup, runs, depth];
      const count = shape[0] * runs * depth;
      const value = tensor(
        dtype,
        shape,
        Array.from({ length: count }, (_, i) => ((i * 37) % 255) - 127),
      );
      const fits = dtype === 'int8' || unit === 1;
      expect(panelsFit(value, panels)).toBe(fits);
      if (!fits) return;
      const bytes = toPanels(value, panels, value.data);
      expect(bytes.length).toBe(storedPanelBytes(value, panels));
      expect(fromPanels(value, panels, bytes)).toEqual(value.data);
      if (dtype === 'float32') return;
      const at = Math.ceil(panelBytes(value, panels) / 64) * 64;
      const sums = new Int32Array(bytes.buffer, at);
      const perColumn = runs * depth;
      const sumOf = (n: number): number =>
        (value.data as Int8Array).subarray(n * perColumn, (n + 1) * perColumn).reduce((a, b) => a + b, 0);
      expect([...sums]).toEqual(Array.from({ length: shape[0] }, (_, n) => sumOf(n)));
    }),
  );
});

test('panels of 4 int8: a column is a byte lane of 16, its run filled up with 0', () => {
  const value = tensor('int8', [2, 5], [1, 2, 3, 4, 5, -1, -2, -3, -4, -5]);
  const bytes = new Int8Array(toPanels(value, { groups: 1, runs: 1, unit: 4 }, value.data).buffer);
  expect([...bytes.subarray(0, 12)]).toEqual([1, 2, 3, 4, -1, -2, -3, -4, 0, 0, 0, 0]);
  expect([...bytes.subarray(64, 72)]).toEqual([5, 0, 0, 0, -5, 0, 0, 0]);
  expect([...new Int32Array(bytes.buffer, 128)]).toEqual([15, -15]);
});

test('panels of 8 int8: the last 4 of a run are a piece of their own', () => {
  const column = (sign: number) => Array.from({ length: 9 }, (_, i) => sign * (i + 1));
  const value = tensor('int8', [2, 9], [...column(1), ...column(-1)]);
  const panels = { groups: 1, runs: 1, unit: 8 };
  expect(panelBytes(value, panels)).toBe(12 * 16);
  const bytes = new Int8Array(toPanels(value, panels, value.data).buffer);
  expect([...bytes.subarray(0, 16)]).toEqual([...column(1).slice(0, 8), ...column(-1).slice(0, 8)]);
  expect([...bytes.subarray(128, 136)]).toEqual([9, 0, 0, 0, -9, 0, 0, 0]);
});
