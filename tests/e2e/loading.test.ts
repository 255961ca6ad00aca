import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileModel, type Executor, writeFormat } from '../../src/compiler/index.ts';
import { type Package, Random, readPackage, type Tensor, writePackage } from '../../src/core/index.ts';
import { loadModel, type Session } from '../../src/runtime/index.ts';
import { isBuilt } from './command.ts';
import { smallNet } from './small-net.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgec-loading-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const executor: Executor = (bytes, options) => loadModel(bytes, options);
const random = new Random(11);
const source = writeFormat(smallNet(random), 'onnx');
const image = Float32Array.from({ length: 72 }, () => random.normal());

function outputOf(session: Session): Tensor {
  const [name] = session.inputs.map((port) => port.name);
  return Object.values(session.runSync({ [name]: image }))[0];
}

describe.skipIf(!isBuilt)('a loaded package', () => {
  const path = join(folder, 'net.edgec');
  const compile = async (precision: 'int8' | 'float32'): Promise<Uint8Array> =>
    (await compileModel({ model: source, precision, target: { name: 'host' }, executor })).package;

  test.each(['int8', 'float32'] as const)(
    '%s: a file, its bytes and verified bytes are one',
    async (precision) => {
      const bytes = await compile(precision);
      writeFileSync(path, bytes);
      const sessions = await Promise.all([
        loadModel(path),
        loadModel(bytes),
        loadModel(path, { verify: true }),
      ]);
      const [mapped, ...others] = sessions;
      for (const other of others) {
        expect(outputOf(other)).toEqual(outputOf(mapped));
        expect([other.inputs, other.outputs, other.kernels]).toEqual([
          mapped.inputs,
          mapped.outputs,
          mapped.kernels,
        ]);
      }
      expect(mapped.profile(1).map(({ node, op }) => [node, op])).toEqual(
        readPackage(bytes).graph.nodes.map(({ name, op }) => [name, op]),
      );
    },
  );

  test.each(['int8', 'float32'] as const)('%s: stays as it is when its source changes', async (precision) => {
    const bytes = await compile(precision);
    writeFileSync(path, bytes);
    const sessions = [await loadModel(path), await loadModel(bytes)];
    const before = sessions.map(outputOf);
    bytes.fill(0);
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
    expect(sessions.map(outputOf)).toEqual(before);
    await expect(loadModel(path)).rejects.toMatchObject({ code: 'E_PACKAGE_CORRUPT' });
  });

  test('runs without a stored plan, and keeps all values on request', async () => {
    const bytes = await compile('int8');
    const pkg: Package = { ...readPackage(bytes), plans: [] };
    const expected = outputOf(await loadModel(bytes));
    expect(outputOf(await loadModel(writePackage(pkg)))).toEqual(expected);
    const keeping = await loadModel(bytes, { keepAll: true });
    expect(outputOf(keeping)).toEqual(expected);
    expect(keeping.valueAt(pkg.graph.outputs[0]).data).toEqual(expected.data);
  });
});
