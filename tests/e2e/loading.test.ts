import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  compileModel,
  type Executor,
  type Graph,
  GraphBuilder,
  writeFormat,
} from '../../src/compiler/index.ts';
import {
  type Attrs,
  firstOutside,
  type Package,
  Random,
  readPackage,
  type Tensor,
  tensor,
  writePackage,
} from '../../src/core/index.ts';
import { loadModel, nativeIsas, type Session } from '../../src/runtime/index.ts';
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

/** Convolutions of whole rows, in groups and dilated, and a dense layer: wide enough for panels, but for the first in int8. */
function wideNet(): Graph {
  const builder = new GraphBuilder();
  const weights = (name: string, shape: number[]) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: count }, () => random.normal(0, 0.2));
    return builder.constant(name, tensor('float32', shape, data));
  };
  let x = builder.input('image', { dtype: 'float32', shape: [1, 6, 6, 2] });
  const add = (op: string, shape: number[], attrs: Attrs): void => {
    x = builder.add1(op, [x, weights(`${op}${shape}`, shape)], attrs);
  };
  const pads = [1, 1, 1, 1];
  add('Conv2d', [32, 3, 3, 2], { pads, clampMin: 0 });
  add('Conv2d', [64, 3, 3, 16], { pads, group: 2 });
  add('Conv2d', [43, 3, 3, 64], { pads: [2, 2, 2, 2], dilations: [2, 2] });
  add('Conv2d', [48, 1, 1, 43], {});
  x = builder.add1('Reshape', [x], { shape: [1, 36 * 48] });
  add('FullyConnected', [31, 36 * 48], {});
  builder.output(x);
  return builder.build('wide', 'canonical', { format: 'edgec', ops: {}, notes: [] });
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

  test('runs the same bits from weights laid out for any instruction set, mapped and copied', async () => {
    const model = writeFormat(wideNet(), 'onnx');
    const made = await Promise.all(
      ['scalar', 'x86_avx2', 'x86_avx512vnni', 'arm64_i8mm'].map((isa) =>
        compileModel({ model, precision: 'int8', target: { name: 'host', isa }, executor }),
      ),
    );
    const laidOut = [
      new Array(4).fill(1),
      [...new Array(4).fill('windows'), 4],
      new Array(4).fill(4),
      new Array(4).fill(8),
    ];
    const expected = outputOf(await loadModel(made[0].package, { executor: 'reference' }));
    for (const [i, { package: bytes }] of made.entries()) {
      const { values } = readPackage(bytes).graph;
      const found = values.map((v) => (v.windows ? 'windows' : v.panels?.unit));
      expect(found.filter((v) => v !== undefined)).toEqual(laidOut[i]);
      expect(values.map((v) => v.constant?.data)).toEqual(
        readPackage(made[0].package).graph.values.map((v) => v.constant?.data),
      );
      writeFileSync(path, bytes);
      for (const isa of nativeIsas())
        for (const from of [path, bytes]) expect(outputOf(await loadModel(from, { isa }))).toEqual(expected);
    }
  });

  test('runs windows over lines that lie farther apart than 16 bits tell', async () => {
    const builder = new GraphBuilder();
    const image = builder.input('image', { dtype: 'float32', shape: [1, 4, 700, 64] });
    const data = Float32Array.from({ length: 8 * 9 * 64 }, () => random.normal(0, 0.1));
    const weights = builder.constant('weights', tensor('float32', [8, 3, 3, 64], data));
    builder.output(builder.add1('Conv2d', [image, weights], { pads: [1, 1, 1, 1] }));
    const graph = builder.build('wide', 'canonical', { format: 'edgec', ops: {}, notes: [] });
    const { package: bytes } = await compileModel({
      model: writeFormat(graph, 'onnx'),
      precision: 'int8',
      target: { name: 'host', isa: 'x86_avx2' },
      executor,
    });
    expect(readPackage(bytes).graph.values.filter((v) => v.windows)).toHaveLength(1);
    writeFileSync(path, bytes);
    const inputs = { image: Float32Array.from({ length: 4 * 700 * 64 }, () => random.normal()) };
    const run = (session: Session) => Object.values(session.runSync(inputs))[0].data;
    const expected = run(await loadModel(bytes, { isa: 'scalar' }));
    for (const isa of nativeIsas()) expect(run(await loadModel(path, { isa }))).toEqual(expected);
  });

  test('runs windows of single columns to the bits of other executors, mapped and copied', async () => {
    const builder = new GraphBuilder();
    const weights = (shape: number[]) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: count }, () => random.normal(0, 0.1));
      return builder.constant(`weights${shape}`, tensor('float32', shape, data));
    };
    const image = builder.input('image', { dtype: 'float32', shape: [1, 12, 12, 7] });
    const runs = builder.add1('Conv2d', [image, weights([40, 5, 3, 7])], { pads: [2, 1, 2, 1], clampMin: 0 });
    builder.output(builder.add1('Conv2d', [runs, weights([70, 1, 1, 40])], {}));
    const graph = builder.build('shallow', 'canonical', { format: 'edgec', ops: {}, notes: [] });
    const { package: bytes } = await compileModel({
      model: writeFormat(graph, 'onnx'),
      precision: 'int8',
      target: { name: 'host', isa: 'x86_avx2' },
      executor,
    });
    const widths = readPackage(bytes).graph.values.flatMap((v) => v.windows?.width ?? []);
    expect(widths).toEqual([1, 1]);
    writeFileSync(path, bytes);
    const inputs = { image: Float32Array.from({ length: 12 * 12 * 7 }, () => random.normal()) };
    const run = (session: Session) => Object.values(session.runSync(inputs))[0].data;
    const expected = run(await loadModel(bytes, { executor: 'reference' }));
    for (const isa of nativeIsas())
      for (const from of [path, bytes]) expect(run(await loadModel(from, { isa }))).toEqual(expected);
  });

  test('runs float weights in panels as it runs them row-major', async () => {
    const model = writeFormat(wideNet(), 'onnx');
    const { package: bytes } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
    const { graph, ...rest } = readPackage(bytes);
    expect(graph.values.filter((v) => v.panels)).toHaveLength(5);
    const values = graph.values.map(({ name, type, constant }) => ({ name, type, constant }));
    const plain = outputOf(await loadModel(writePackage({ ...rest, graph: { ...graph, values } })));
    writeFileSync(path, bytes);
    for (const from of [path, bytes]) expect(outputOf(await loadModel(from))).toEqual(plain);
  });

  describe('with filtered convolutions', () => {
    const builder = new GraphBuilder();
    let x = builder.input('image', { dtype: 'float32', shape: [1, 24, 22, 3] });
    for (const [name, shape] of [
      ['first', [48, 3, 3, 3]],
      ['second', [48, 3, 3, 48]],
      ['third', [93, 3, 3, 48]],
    ] as const) {
      const data = Float32Array.from({ length: 9 * shape[0] * shape[3] }, () => random.normal(0, 0.1));
      const weights = builder.constant(name, tensor('float32', [...shape], data));
      x = builder.add1('Conv2d', [x, weights], { pads: [1, 2, 1, 0], clampMin: 0 });
    }
    builder.output(x);
    const graph = builder.build('filtered', 'canonical', { format: 'edgec', ops: {}, notes: [] });
    const model = writeFormat(graph, 'onnx');
    const inputs = { image: Float32Array.from({ length: 24 * 22 * 3 }, () => random.normal()) };
    const run = (session: Session): Tensor => Object.values(session.runSync(inputs))[0];

    /** A package for `isa`, after a look that its filtered weights are what a package for no kernel of them holds. */
    async function filtered(precision: 'int8' | 'float32', isa?: string): Promise<Uint8Array> {
      const compile = async (target: { name: string; isa?: string }) =>
        (await compileModel({ model, precision, executor, target })).package;
      const bytes = await compile({ name: 'host', ...(isa && { isa }) });
      const { values } = readPackage(bytes).graph;
      expect(values.filter((v) => v.winograd).map((v) => v.type.shape[0])).toEqual([48, 93]);
      const plain = readPackage(await compile({ name: 'host', isa: 'scalar' })).graph.values;
      expect(plain.map((v) => v.constant?.data)).toEqual(values.map((v) => v.constant?.data));
      return bytes;
    }

    async function forEachWay(bytes: Uint8Array, check: (session: Session, isa: string) => void) {
      writeFileSync(path, bytes);
      for (const isa of nativeIsas())
        for (const from of [path, bytes])
          for (const threads of [1, 2]) check(await loadModel(from, { isa, threads }), isa);
    }
    const filters = (session: Session, family: string): boolean =>
      session.kernels.some((kernel) => kernel.startsWith(family));

    test('float: by transformed weights, mapped and copied, to what other executors convolve', async () => {
      const bytes = await filtered('float32');
      const expected = run(await loadModel(bytes, { executor: 'reference' })).data as Float32Array;
      await forEachWay(bytes, (session, isa) => {
        expect(filters(session, 'f32_winograd')).toBe(isa !== 'scalar');
        const found = run(session).data as Float32Array;
        expect(firstOutside({ kind: 'peak', tolerance: 1e-5 }, found, expected)).toBe(-1);
      });
    });

    test.each(['x86_avx2', 'x86_avxvnni', 'x86_avx512vnni', 'arm64_neon'])(
      'int8: by weights in panels for %s, mapped and copied, to the bits of other executors',
      async (target) => {
        const bytes = await filtered('int8', target);
        const expected = run(await loadModel(bytes, { executor: 'reference' }));
        await forEachWay(bytes, (session, isa) => {
          expect(filters(session, 'qs8_winograd')).toBe(isa !== 'scalar');
          expect(run(session)).toEqual(expected);
        });
        expect(run(await loadModel(bytes, { keepAll: true }))).toEqual(expected);
      },
    );
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
