import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { EdgecError } from '../../src/core/index.ts';
import { loadModel, seededInputs } from '../../src/runtime/index.ts';
import { hasZoo, zooModels, zooPath, zooShapes } from '../e2e/zoo.ts';
import { printTable } from './table.ts';

const models = zooModels().map(({ path }) => path);

/** Models that stay outside: quantisers of fewer than 8 bits and custom ops of a signal library. */
const outside = [
  'onnx_quant/qonnx/',
  'nn_resize_quant',
  'audio_preprocessor_float',
  'audio_preprocessor_int8',
];

const seed = 5;

interface Row {
  path: string;
  compiled: boolean;
  ran: boolean;
  reason?: string;
}

const rows: Row[] = [];

/** Compiles without changing precision and runs once natively on seeded inputs. */
async function attempt(row: Row): Promise<void> {
  const model = new Uint8Array(readFileSync(zooPath(row.path)));
  const compiled = await compileModel({
    model,
    precision: 'float32',
    target: { name: 'host' },
    shapes: zooShapes[row.path],
  });
  row.compiled = true;
  const session = await loadModel(compiled.package, { executor: 'native' });
  session.runSync(seededInputs(session.inputs, seed));
  session.dispose();
  row.ran = true;
}

const familyOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('tflm/') ? 2 : 1)
    .join('/');

function print(): void {
  const families = [...new Set(rows.map(({ path }) => familyOf(path)))].sort();
  const counts = (name: string, of: readonly Row[]) => [
    name,
    of.filter(({ compiled }) => compiled).length,
    of.filter(({ ran }) => ran).length,
    of.length,
  ];
  printTable(
    'Coverage of the zoo',
    ['family', 'compiled', 'run', 'of'],
    [
      ...families.map((family) =>
        counts(
          family,
          rows.filter(({ path }) => familyOf(path) === family),
        ),
      ),
      counts('all', rows),
    ],
  );
  printTable(
    'Not run',
    ['model', 'reason'],
    rows.filter(({ ran }) => !ran).map(({ path, reason }) => [path, reason ?? '']),
  );
}

describe.skipIf(!hasZoo)('models of the zoo compile and run', () => {
  test.each(models)('%s', async (path) => {
    const row: Row = { path, compiled: false, ran: false };
    rows.push(row);
    try {
      await attempt(row);
    } catch (error) {
      if (!(error instanceof EdgecError)) throw error;
      const { code, message, detail } = error;
      row.reason = `${code}: ${message}${detail.where ? ` (${detail.where})` : ''}`;
    }
    if (!outside.some((part) => path.includes(part))) expect(row.reason).toBeUndefined();
  });

  afterAll(print);
});
