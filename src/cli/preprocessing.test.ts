import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compileModel, GraphBuilder, writeFormat } from '../compiler/index.ts';
import { readPackage, tensor } from '../core/index.ts';
import { evaluateModel, openDataset, parseContracts, writeNpz } from '../evaluate/index.ts';
import { loadModel } from '../runtime/index.ts';
import { openCalibration } from './calibration.ts';
import { givenInputs } from './given-inputs.ts';
import { executor } from './open.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgec-contract-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** Class 0 for pictures darker than the mean that the contract takes away, class 1 for brighter ones. */
function darkOrBright(): string {
  const builder = new GraphBuilder();
  const x = builder.input('image', { dtype: 'float32', shape: [1, 1, 2, 2] });
  const flat = builder.add1('Reshape', [x], { shape: [1, 4] }, { name: 'flat' });
  const weight = builder.constant('w', tensor('float32', [2, 4], [-1, -1, -1, -1, 1, 1, 1, 1]));
  builder.output(builder.add1('FullyConnected', [flat, weight], {}, { name: 'scores' }));
  const graph = builder.build('light', 'canonical', { format: 'edgec', ops: {}, notes: [] });
  return put('light.onnx', writeFormat(graph, 'onnx'));
}

const grey = (level: number): string => `P2 1 1 255 ${level}`;

it('keeps the preprocessing of the calibration in the package, for pictures, eval and run alike', async () => {
  const model = darkOrBright();
  for (const level of [90, 95, 99]) put(`set/dark/${level}.pgm`, grey(level));
  for (const level of [101, 105, 110]) put(`set/light/${level}.pgm`, grey(level));
  const spec = put('set.json', '{"format":"images","path":"set","mean":100,"std":10}');
  const given = await openCalibration({ model, data: spec, limit: 256 });
  expect(given.preprocessing).toEqual({
    image: {
      dtype: 'uint8',
      shape: [2, 2, 1],
      layout: 'NHWC',
      mean: 100,
      std: 10,
      resize: { height: 2, width: 2, fit: 'stretch', method: 'bilinear' },
    },
  });
  const target = { name: 'host' };
  const compiled = await compileModel({ model, precision: 'int8', target, executor, ...given });
  const contracts = parseContracts(readPackage(compiled.package).manifest.preprocessing, 'manifest');
  const session = await loadModel(compiled.package, { executor: 'reference' });
  const top1 = async (path: string, agreed = contracts) =>
    evaluateModel(session, await openDataset(path, agreed)).metrics.top1;
  expect(await top1(spec, {})).toBe(1);
  expect(await top1(join(folder, 'set'))).toBe(1);
  expect(await top1(join(folder, 'set'), {})).toBe(0.5);
  put('raw/a.bin', Uint8Array.of(90, 90, 90, 90));
  put('raw/b.bin', Uint8Array.of(110, 110, 110, 110));
  put('raw/y_labels.csv', 'a.bin,2,0\nb.bin,2,1\n');
  expect(await top1(join(folder, 'raw'))).toBe(1);
  const dark = join(folder, 'set/dark/90.pgm');
  const run = (options: object) => givenInputs(options, session.inputs, contracts);
  expect([...(await run({ image: [dark] })).image]).toEqual([-1, -1, -1, -1]);
  expect(await run({ image: [`image=${dark}`] })).toEqual(await run({ image: [dark] }));
  const told = put('told.json', '{"scale":0.5}');
  expect([...(await run({ image: [dark], preprocessing: told })).image]).toEqual([45, 45, 45, 45]);
  session.dispose();
});

it('takes pictures only where the contract is about pixels', async () => {
  const port = { name: 'x', type: { dtype: 'float32', shape: [1, 1, 1, 1] } } as const;
  const contracts = { x: { dtype: 'float32', shape: [1] } } as const;
  const image = [put('one.pgm', grey(7))];
  await expect(givenInputs({ image }, [port], contracts)).rejects.toMatchObject({ code: 'E_DATA_SHAPE' });
  expect([...(await givenInputs({ image }, [port], {})).x]).toEqual([7]);
  await expect(givenInputs({ image: ['y=a.png'] }, [port], {})).rejects.toMatchObject({
    code: 'E_CLI_USAGE',
  });
  await expect(givenInputs({ image: [put('a.txt', 'x')] }, [port], {})).rejects.toMatchObject({
    code: 'E_DATA_FORMAT',
  });
});

/** Two inputs of other sizes and scales, whose weighted sums compete. */
function twoInputs(): string {
  const builder = new GraphBuilder();
  const port = (name: string, width: number) => builder.input(name, { dtype: 'float32', shape: [1, width] });
  const dense = (x: number, name: string, values: number[]) => {
    const weight = builder.constant(`${name}.w`, tensor('float32', [2, values.length / 2], values));
    return builder.add1('FullyConnected', [x as never, weight], {}, { name });
  };
  const a = dense(port('a', 2), 'fa', [1, 0, 0, 1]);
  const b = dense(port('b', 1), 'fb', [1, -1]);
  builder.output(builder.add1('Add', [a, b], {}, { name: 'scores' }));
  const graph = builder.build('two', 'canonical', { format: 'edgec', ops: {}, notes: [] });
  return put('two.onnx', writeFormat(graph, 'onnx'));
}

it('calibrates and evaluates models of several inputs, each with its own preprocessing', async () => {
  const model = twoInputs();
  const npz = writeNpz([
    ['a', { dtype: 'float32', shape: [3, 2], data: Float32Array.of(1, 2, 3, 1, 0, 4) }],
    ['b', { dtype: 'uint8', shape: [3, 1], data: Uint8Array.of(20, 10, 10) }],
    ['y', { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 0, 1) }],
  ]);
  put('two.npz', npz);
  const spec = put('two.json', '{"path":"two.npz","inputs":{"b":{"mean":10,"std":5}}}');
  const given = await openCalibration({ model, data: spec, limit: 256 });
  expect(given.calibration.samples.map((s) => s.map((v) => [...v]))).toEqual([
    [[1, 2], [2]],
    [[3, 1], [0]],
    [[0, 4], [0]],
  ]);
  expect(given.preprocessing.b).toEqual({ dtype: 'uint8', shape: [1], mean: 10, std: 5 });
  const target = { name: 'host' };
  const compiled = await compileModel({ model, precision: 'int8', target, executor, ...given });
  const session = await loadModel(compiled.package, { executor: 'reference' });
  const contracts = parseContracts(compiled.manifest.preprocessing, 'manifest');
  const evaluate = async (path: string, agreed = contracts) =>
    evaluateModel(session, await openDataset(path, agreed)).metrics.top1;
  expect(await evaluate(spec, {})).toBe(1);
  expect(await evaluate(join(folder, 'two.npz'))).toBe(1);
  const other = put(
    'other.npz',
    writeNpz([['a', { dtype: 'float32', shape: [1, 2], data: new Float32Array(2) }]]),
  );
  await expect(evaluate(other)).rejects.toMatchObject({ code: 'E_DATA_SHAPE' });
  session.dispose();
});

it('owns up to noise in the manifest', async () => {
  const target = { name: 'host' };
  const { manifest } = await compileModel({ model: darkOrBright(), precision: 'int8', target, executor });
  expect(manifest.calibration?.data).toBe('seeded noise');
  expect(`${manifest.notes}`).toMatch(/accuracy is unknown/);
});
