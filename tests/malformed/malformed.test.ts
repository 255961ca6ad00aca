import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileModel, type Executor, writeFormat } from '../../src/compiler/index.ts';
import { EdgecError, errorCodes, Random } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { edgec, isBuilt } from '../e2e/command.ts';
import { filteredNet } from '../e2e/filtered-net.ts';
import { smallNet } from '../e2e/small-net.ts';
import { malformedPackages, malformedPlans } from './edgec.ts';
import { malformedWindows } from './edgec-windows.ts';
import { malformedWinograd } from './edgec-winograd.ts';
import type { Malformed } from './malformed.ts';
import { operatorsOfOnnx } from './onnx/index.ts';
import { onnx } from './onnx-file.ts';
import { malformedMl, soundMl } from './onnx-ml.ts';
import { structureOfOnnx } from './onnx-structure.ts';
import { malformedTflite, soundTflite } from './tflite/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgec-malformed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  writeFileSync(at('short.bin'), Buffer.alloc(7));
  symlinkSync(process.execPath, at('link.bin'));
  symlinkSync('/etc', at('linked'));
  mkdirSync(at('folder'));
});

const executor: Executor = (bytes, options) => loadModel(bytes, options);
const target = { name: 'host' };
const source = writeFormat(smallNet(new Random(5)), 'onnx');
const sound = (await compileModel({ model: source, precision: 'float32', target })).package;
const avx2 = { name: 'host', isa: 'x86_avx2' };
const forAvx2 = async (model: Uint8Array) =>
  (await compileModel({ model, precision: 'int8', target: avx2, executor })).package;
const withWindows = await forAvx2(source);
const withFiltered = await forAvx2(writeFormat(filteredNet(new Random(6)), 'onnx'));

type Open = (path: string, bytes: Uint8Array) => Promise<unknown>;
const compiled: readonly Open[] = [
  (model) => compileModel({ model, precision: 'float32', target }),
  (model) => compileModel({ model, precision: 'int8', target, executor }),
];
const native: readonly Open[] = [(path) => loadModel(path), (_, bytes) => loadModel(bytes)];
const everywhere: readonly Open[] = [...native, (path) => loadModel(path, { executor: 'reference' })];

const tables: readonly (readonly [format: string, extension: string, Malformed[], readonly Open[]])[] = [
  ['ONNX', 'onnx', [...structureOfOnnx, ...operatorsOfOnnx], compiled],
  ['ONNX-ML', 'onnx', [...malformedMl], compiled],
  ['TFLite', 'tflite', [...malformedTflite], compiled],
  ['.edgec', 'edgec', [...malformedPackages(sound)], everywhere],
  ['.edgec, windows', 'edgec', [...malformedWindows(withWindows)], everywhere],
  ['.edgec, filtered weights', 'edgec', [...malformedWinograd(withFiltered)], everywhere],
  ['.edgec, plan', 'edgec', [...malformedPlans(sound)], native],
];
const count = tables.reduce((sum, [, , cases]) => sum + cases.length, 0);

async function refusal(open: Promise<unknown>): Promise<unknown> {
  try {
    await open;
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.skipIf(!isBuilt)(`${count} malformed models are refused`, () => {
  test('they are at least 300, each of a name of its own', () => {
    const names = tables.map(([, , cases]) => new Set(cases.map(([name]) => name)).size);
    expect(names).toEqual(tables.map(([, , cases]) => cases.length));
    expect(count).toBeGreaterThanOrEqual(300);
  });

  test('what they are damaged from is not', async () => {
    await loadModel(sound);
    for (const model of [onnx(), soundTflite, ...soundMl])
      await compileModel({ model, precision: 'float32', target });
  });

  const kinds = new Map(
    tables
      .slice(0, -1)
      .flatMap(([, extension, cases]) =>
        cases.map(([, code, bytes]) => [`${extension} ${code}`, { extension, code, bytes }] as const),
      ),
  );
  test.each([...kinds])(
    '%s leaves the command line with its status',
    async (kind, { extension, code, bytes }) => {
      const path = at(`${kind}.${extension}`);
      writeFileSync(path, bytes);
      const compile = ['compile', path, '--target', 'rpi4', '-o', at('bad'), '--int8'];
      const { status, stderr, json } = await edgec([
        ...(extension === 'edgec' ? ['run', path] : compile),
        '--json',
      ]);
      expect(json.error).toMatchObject({ code, message: expect.any(String) });
      expect([status, stderr]).toEqual([errorCodes[code], '']);
      expect(existsSync(at('bad'))).toBe(false);
    },
  );

  describe.each(tables)('%s', (format, extension, cases, opens) => {
    test.each(cases.map((bad, i) => [bad[0], i, bad] as const))(
      '%s',
      async (_, i, [, code, bytes, names]) => {
        const path = at(`${format} ${i}.${extension}`);
        writeFileSync(path, bytes);
        for (const open of opens) {
          const error = await refusal(open(path, bytes));
          expect(error).toBeInstanceOf(EdgecError);
          expect(error).toMatchObject({
            code,
            exitStatus: errorCodes[code],
            detail: { where: expect.stringMatching(/./) },
          });
          if (names) expect(JSON.stringify((error as EdgecError).toJSON())).toContain(names);
        }
      },
    );
  });
});
