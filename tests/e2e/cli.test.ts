import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFormat } from '../../src/compiler/index.ts';
import { Random } from '../../src/core/index.ts';
import { writeNpy } from '../../src/evaluate/index.ts';
import { edgec, isBuilt } from './command.ts';
import { labelled, smallNet } from './small-net.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgec-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

describe.skipIf(!isBuilt)('command line', () => {
  const [model, data, packaged] = [at('net.onnx'), at('data.npz'), at('out', 'net.edgec')];

  beforeAll(() => {
    const random = new Random(5);
    writeFileSync(model, writeFormat(smallNet(random), 'onnx'));
    writeFileSync(data, labelled(random, 20));
    writeFileSync(
      at('image.npy'),
      writeNpy({ dtype: 'float32', shape: [1, 2, 6, 6], data: new Float32Array(72) }),
    );
  });

  test('compile writes what it says, and nothing else', async () => {
    const args = ['compile', model, '--target', 'rpi4', '--int8', '--calibrate', data, '--eval', data];
    const { status, json } = await edgec([...args, '--emit', 'edgec,onnx', '-o', at('out'), '--json']);
    expect(status).toBe(0);
    expect(json).toMatchObject({
      artifacts: [
        { kind: 'edgec', path: packaged, bytes: expect.any(Number) },
        { kind: 'onnx', path: at('out', 'net.int8.onnx'), bytes: expect.any(Number) },
      ],
      accuracy: { float: { top1: expect.any(Number) }, int8: { top1: expect.any(Number) } },
      arenaBytes: expect.any(Number),
      weightBytes: expect.any(Number),
      macs: 36 * 9 * 2 * 4 + 144 * 3,
      latency: { method: 'roofline', calibrated: false, valueNs: expect.any(Number) },
    });
    const { valueNs, p10Ns, p90Ns } = json.latency as { valueNs: number; p10Ns: number; p90Ns: number };
    expect(p10Ns).toBeLessThan(valueNs);
    expect(valueNs).toBeLessThan(p90Ns);
    expect(readdirSync(at('out')).sort()).toEqual(['net.edgec', 'net.int8.onnx']);
  });

  test('the host is measured, and noise is owned up to', async () => {
    const { json } = await edgec(['compile', model, '--target', 'host', '-o', at('host'), '--json']);
    expect(json.latency).toMatchObject({ method: 'measured' });
    expect(`${json.notes}`).toMatch(/accuracy is unknown/);
  });

  test('limits on what a model may take can be moved', async () => {
    const verb = (allow: string) => edgec(['inspect', model, '--allow', allow, '--json']);
    const refused = await verb('nodes=1');
    expect([refused.status, refused.json.error]).toMatchObject([4, { code: 'E_LIMIT_EXCEEDED' }]);
    expect((await verb('nodes=100')).status).toBe(0);
    expect((await verb('node=1')).json.error).toMatchObject({ code: 'E_CLI_USAGE', found: 'node=1' });
  });

  test('run gives the same bits on every executor and instruction set', async () => {
    const hashes = async (args: string[], env?: Record<string, string>) =>
      (await edgec(['run', packaged, '--json', ...args], env)).json.outputs;
    const expected = await hashes(['--executor', 'reference']);
    expect(expected).toMatchObject([
      { name: 'scores', dtype: 'float32', shape: [1, 3], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(await hashes([])).toEqual(expected);
    expect(await hashes([], { EDGEC_CPU: 'scalar' })).toEqual(expected);
    expect(await hashes(['--seed', '2'])).not.toEqual(expected);
  });

  test('run takes inputs from a file and writes outputs', async () => {
    const { status } = await edgec([
      'run',
      model,
      '--input',
      `image=${at('image.npy')}`,
      '-o',
      at('answer.npz'),
      '--json',
    ]);
    expect([status, existsSync(at('answer.npz'))]).toEqual([0, true]);
  });

  test('eval, bench, inspect, targets print their objects', async () => {
    expect((await edgec(['eval', packaged, '--data', data, '--json'])).json).toMatchObject({
      samples: 20,
      metrics: { top1: expect.any(Number) },
    });
    expect((await edgec(['eval', model, '--data', data, '--json'])).json).toMatchObject({ samples: 20 });
    const { json: timing } = await edgec(['bench', packaged, '--runs', '20', '--layers', '--json']);
    expect(timing).toMatchObject({
      runs: 20,
      threads: 1,
      loadNs: expect.any(Number),
      firstNs: expect.any(Number),
      peakShare: expect.any(Number),
    });
    expect(Object.keys(timing.latencyNs as object)).toEqual([
      'min',
      'mean',
      'p50',
      'p90',
      'p95',
      'p99',
      'std',
    ]);
    expect((await edgec(['inspect', model, '--json'])).json).toMatchObject({
      ops: { Conv: 1 },
      inputs: [{ name: 'image', dtype: 'float32', shape: [1, 2, 6, 6] }],
      outputs: [{ name: 'scores', shape: [1, 3] }],
      parameters: expect.any(Number),
    });
    const names = ((await edgec(['targets', '--json'])).json.targets as { name: string }[]).map(
      (t) => t.name,
    );
    expect(names).toEqual(
      expect.arrayContaining([
        'host',
        'rpi3',
        'rpi4',
        'rpi5',
        'jetson-orin-nano',
        'jetson-agx-thor',
        'intel-n100',
        'x86-64-avx2',
        'x86-64-v4',
      ]),
    );
  });

  test('bench --vs ort races float and int8, and says who is faster', async () => {
    const { status, json } = await edgec(['bench', model, '--vs', 'ort', '--duration', '0.05', '--json']);
    expect(status).toBe(0);
    const times = { minNs: expect.any(Number), medianNs: expect.any(Number) };
    const ratio = { min: expect.any(Number), median: expect.any(Number) };
    expect(json).toMatchObject({
      peer: expect.stringMatching(/^onnxruntime-node \d/),
      threads: 1,
      races: ['int8', 'float32'].map((precision) => ({ precision, edgec: times, peer: times, ratio })),
    });
    expect(json.findings).toHaveLength(3);
    for (const finding of json.findings as string[]) expect(finding).toMatch(/fast/);
    const { exact } = (json.races as { exact?: { changed: number } }[])[0];
    if (exact) expect(exact).toMatchObject({ peer: times, ratio, elements: expect.any(Number) });
    expect((json.notes as string[]).some((note) => /saturate/.test(note))).toBe(exact !== undefined);
  });

  test('bench --vs takes no package, and no options that mean nothing there', async () => {
    for (const args of [[packaged], [model, '--layers']]) {
      const { status, json } = await edgec(['bench', ...args, '--vs', 'ort', '--json']);
      expect([status, json.error]).toMatchObject([2, { code: 'E_CLI_USAGE' }]);
    }
  });

  test('-q prints nothing, and nothing goes to a stderr that is no terminal', async () => {
    const { status, stdout, stderr } = await edgec([
      'compile',
      model,
      '--target',
      'rpi4',
      '-o',
      at('quiet'),
      '-q',
    ]);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  test('help and version are no errors', async () => {
    expect((await edgec(['--help'])).status).toBe(0);
    expect((await edgec(['compile', '--help'])).stdout).toMatch(/--calibrate/);
    expect((await edgec(['--version'])).status).toBe(0);
  });

  test('an unknown instruction set is an error of the environment', async () => {
    const { status, json } = await edgec(['run', packaged, '--json'], { EDGEC_CPU: 'z80' });
    expect([status, json.error]).toMatchObject([5, { code: 'E_ENV_CPU' }]);
  });

  test('without --json an error is told on stderr', async () => {
    const { status, stdout, stderr } = await edgec(['compile', at('nothing.onnx'), '--target', 'rpi4']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error E_FILE_READ: .*\n {2}where/);
  });
});
