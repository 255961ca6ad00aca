import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import type { TypedArray } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { hasZoo, zooHas, zooModels, zooPath } from '../e2e/zoo.ts';
import { printTable } from './table.ts';

/** Models of one int16×8 operator, with golden inputs and outputs of TFLite Micro beside them. */
const models = zooModels()
  .map(({ path }) => path)
  .filter((path) => path.startsWith('tflm/seanet/'));

/** Numbers of a golden file `NAME_what_type.csv`; undefined where there is none. */
function golden(model: string, what: string): number[] | undefined {
  const file = ['int16', 'int32']
    .map((type) => model.replace(/\.tflite$/, `_${what}_${type}.csv`))
    .find(zooHas);
  return file === undefined
    ? undefined
    : readFileSync(zooPath(file), 'utf8')
        .trim()
        .split(/[,\s]+/)
        .map(Number);
}

const counts = new Map<string, { models: number; elements: number; equal: number; worst: number }>();

function count(operator: string, found: TypedArray, expected: readonly number[]): void {
  const row = counts.get(operator) ?? { models: 0, elements: 0, equal: 0, worst: 0 };
  const differences = expected.map((e, i) => Math.abs(Number(found[i]) - e));
  counts.set(operator, {
    models: row.models + 1,
    elements: row.elements + expected.length,
    equal: row.equal + differences.filter((d) => d === 0).length,
    worst: Math.max(row.worst, ...differences),
  });
}

describe.skipIf(!hasZoo)('int16×8 operators give their golden outputs', () => {
  test.each(models)('%s', async (path) => {
    const model = new Uint8Array(readFileSync(zooPath(path)));
    const { package: bytes } = await compileModel({ model, precision: 'int8', target: { name: 'host' } });
    for (const executor of ['reference', 'native'] as const) {
      const session = await loadModel(bytes, { executor });
      const data = session.inputs.map(({ name, type }, i) => {
        const values = golden(path, `input${i}`) as number[];
        return [name, type.dtype === 'int16' ? Int16Array.from(values) : Int32Array.from(values)] as const;
      });
      const outputs = session.runSync(Object.fromEntries(data));
      const expected = golden(path, 'golden') as number[];
      const found = outputs[session.outputs[0].name].data;
      expect(found.length).toBe(expected.length);
      if (executor === 'native') count(path.split('/')[2], found, expected);
      const worst = Math.max(...expected.map((e, i) => Math.abs(Number(found[i]) - e)));
      expect(worst, executor).toBeLessThanOrEqual(1);
      session.dispose();
    }
  });

  afterAll(() => {
    printTable(
      'int16×8 beside TFLite Micro',
      ['operator', 'models', 'elements', 'equal', 'worst LSB'],
      [...counts].map(([operator, row]) => [operator, row.models, row.elements, row.equal, row.worst]),
    );
  });
});
