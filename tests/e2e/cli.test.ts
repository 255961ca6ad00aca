import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Graph, GraphBuilder, writeFormat } from '../../src/compiler/index.ts';
import { Random, tensor } from '../../src/core/index.ts';
import { writeNpy, writeNpz } from '../../src/evaluate/index.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const isBuilt = existsSync(main);
if (!isBuilt) process.stderr.write('skipped: the command line is not built; run `npm run build`\n');

const folder = mkdtempSync(join(tmpdir(), 'edgec-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

interface Answer {
  status: number | null;
  stdout: string;
  stderr: string;
  json: Record<string, unknown>;
}

function edgec(args: readonly string[], env: Record<string, string> = {}): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr, json: args.includes('--json') ? JSON.parse(stdout) : {} };
}

function smallNet(random: Random): Graph {
  const normal = (shape: number[]) =>
    tensor(
      'float32',
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal(0, 0.4)),
    );
  const builder = new GraphBuilder();
  let x = builder.input('image', { dtype: 'float32', shape: [1, 2, 6, 6] });
  x = builder.add1('Transpose', [x], { perm: [0, 2, 3, 1] });
  const weight = builder.constant('weight', normal([4, 3, 3, 2]));
  x = builder.add1('Conv2d', [x, weight], { pads: [1, 1, 1, 1], clampMin: 0 }, { name: 'conv' });
  x = builder.add1('Reshape', [x], { shape: [1, 144] }, { name: 'flatten' });
  x = builder.add1(
    'FullyConnected',
    [x, builder.constant('dense', normal([3, 144]))],
    {},
    { name: 'scores' },
  );
  builder.output(x);
  return builder.build('net', 'canonical', { format: 'edgec', ops: {}, notes: [] });
}

function labelled(random: Random, samples: number): Buffer {
  const data = Float32Array.from({ length: samples * 72 }, () => random.normal());
  const labels = Uint8Array.from({ length: samples }, () => random.int(0, 2));
  return writeNpz([
    ['x', { dtype: 'float32', shape: [samples, 2, 6, 6], data }],
    ['labels', { dtype: 'uint8', shape: [samples], data: labels }],
  ]);
}

describe.skipIf(!isBuilt)('command line', () => {
  const [model, data, packaged] = [at('net.onnx'), at('data.npz'), at('out', 'net.edgec')];

  beforeAll(() => {
    const random = new Random(5);
    const bytes = writeFormat(smallNet(random), 'onnx');
    writeFileSync(model, bytes);
    writeFileSync(at('cut.onnx'), bytes.subarray(0, bytes.length / 2));
    writeFileSync(at('text.onnx'), 'this is no model');
    writeFileSync(data, labelled(random, 20));
    writeFileSync(
      at('wrong.npz'),
      writeNpz([['x', { dtype: 'float32', shape: [4, 5], data: new Float32Array(20) }]]),
    );
    writeFileSync(
      at('image.npy'),
      writeNpy({ dtype: 'float32', shape: [1, 2, 6, 6], data: new Float32Array(72) }),
    );
    writeFileSync(at('short.bin'), Buffer.alloc(7));
  });

  test('compile writes what it says, and nothing else', () => {
    const args = ['compile', model, '--target', 'rpi4', '--int8', '--calibrate', data, '--eval', data];
    const { status, json } = edgec([...args, '--emit', 'edgec,onnx', '-o', at('out'), '--json']);
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

  test('the host is measured, and noise is owned up to', () => {
    const { json } = edgec(['compile', model, '--target', 'host', '-o', at('host'), '--json']);
    expect(json.latency).toMatchObject({ method: 'measured' });
    expect(`${json.notes}`).toMatch(/accuracy is unknown/);
  });

  test('run gives the same bits on every executor and instruction set', () => {
    const hashes = (args: string[], env?: Record<string, string>) =>
      edgec(['run', packaged, '--json', ...args], env).json.outputs;
    const expected = hashes(['--executor', 'reference']);
    expect(expected).toMatchObject([
      { name: 'scores', dtype: 'float32', shape: [1, 3], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(hashes([])).toEqual(expected);
    expect(hashes([], { EDGEC_CPU: 'scalar' })).toEqual(expected);
    expect(hashes(['--seed', '2'])).not.toEqual(expected);
  });

  test('run takes inputs from a file and writes outputs', () => {
    const { status } = edgec([
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

  test('eval, bench, inspect, targets print their objects', () => {
    expect(edgec(['eval', packaged, '--data', data, '--json']).json).toMatchObject({
      samples: 20,
      metrics: { top1: expect.any(Number) },
    });
    expect(edgec(['eval', model, '--data', data, '--json']).json).toMatchObject({ samples: 20 });
    const { json: timing } = edgec(['bench', packaged, '--runs', '20', '--layers', '--json']);
    expect(timing).toMatchObject({
      runs: 20,
      threads: 1,
      loadNs: expect.any(Number),
      firstNs: expect.any(Number),
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
    expect(edgec(['inspect', model, '--json']).json).toMatchObject({
      ops: { Conv: 1 },
      inputs: [{ name: 'image', dtype: 'float32', shape: [1, 2, 6, 6] }],
      outputs: [{ name: 'scores', shape: [1, 3] }],
      parameters: expect.any(Number),
    });
    const names = (edgec(['targets', '--json']).json.targets as { name: string }[]).map((t) => t.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'host',
        'rpi3',
        'rpi4',
        'rpi5',
        'jetson-orin-nano',
        'x86-64-avx2',
        'x86-64-v4',
      ]),
    );
  });

  test('-q prints nothing, and nothing goes to a stderr that is no terminal', () => {
    const { status, stdout, stderr } = edgec(['compile', model, '--target', 'rpi4', '-o', at('quiet'), '-q']);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  test('help and version are no errors', () => {
    expect(edgec(['--help']).status).toBe(0);
    expect(edgec(['compile', '--help']).stdout).toMatch(/--calibrate/);
    expect(edgec(['--version']).status).toBe(0);
  });

  const compile = (path: string, ...rest: string[]) => [
    'compile',
    path,
    '--target',
    'rpi4',
    '-o',
    at('bad'),
    ...rest,
  ];
  const bad: [string, () => string[], string, number][] = [
    ['no verb', () => [], 'E_CLI_USAGE', 2],
    ['an unknown verb', () => ['frobnicate'], 'E_CLI_USAGE', 2],
    ['an unknown option', () => ['inspect', model, '--frob'], 'E_CLI_USAGE', 2],
    ['no model', () => ['inspect'], 'E_CLI_USAGE', 2],
    ['no target', () => ['compile', model], 'E_CLI_USAGE', 2],
    ['both precisions', () => compile(model, '--int8', '--float'), 'E_CLI_USAGE', 2],
    ['an unknown artefact', () => compile(model, '--emit', 'exe'), 'E_CLI_USAGE', 2],
    ['an unknown observer', () => compile(model, '--observer', 'guess'), 'E_CLI_USAGE', 2],
    ['a malformed shape', () => compile(model, '--shape', 'image:0x2'), 'E_CLI_USAGE', 2],
    ['a malformed count', () => ['bench', model, '--runs', 'many'], 'E_CLI_USAGE', 2],
    ['a malformed seed', () => ['run', model, '--seed', '-1'], 'E_CLI_USAGE', 2],
    ['an unknown input', () => ['run', model, '--input', `x=${at('image.npy')}`], 'E_CLI_USAGE', 2],
    ['an unknown target', () => ['compile', model, '--target', 'rpi9'], 'E_TARGET_UNKNOWN', 2],
    ['a missing model', () => compile(at('nothing.onnx')), 'E_FILE_READ', 1],
    ['a folder as model', () => compile(folder), 'E_FILE_READ', 1],
    ['a truncated model', () => compile(at('cut.onnx')), 'E_FORMAT_CORRUPT', 4],
    ['text as model', () => compile(at('text.onnx')), 'E_FORMAT_UNKNOWN', 4],
    ['missing calibration data', () => compile(model, '--calibrate', at('no.npz')), 'E_FILE_READ', 1],
    [
      'calibration data of another shape',
      () => compile(model, '--calibrate', at('wrong.npz')),
      'E_DATA_SHAPE',
      1,
    ],
    [
      'an unwritable output',
      () => ['compile', model, '--target', 'rpi4', '-o', join(model, 'x')],
      'E_FILE_WRITE',
      1,
    ],
    [
      'an output where no folder can be',
      () => ['compile', model, '--target', 'rpi4', '-o', '/proc/edgec'],
      'E_FILE_WRITE',
      1,
    ],
    ['a short input', () => ['run', model, '--input', `image=${at('short.bin')}`], 'E_RUN_INPUT', 1],
    ['a missing input file', () => ['run', model, '--input', `image=${at('no.npy')}`], 'E_FILE_READ', 1],
    ['data that is missing', () => ['eval', model, '--data', at('no.npz')], 'E_FILE_READ', 1],
  ];

  test.each(bad)('%s', (_, args, code, status) => {
    const answer = edgec([...args(), '--json']);
    expect(answer.json.error).toMatchObject({ code, message: expect.any(String) });
    expect(answer.status).toBe(status);
    expect(existsSync(at('bad'))).toBe(false);
    expect(readdirSync(folder).filter((f) => f.endsWith('.part'))).toEqual([]);
  });

  test('an unknown instruction set is an error of the environment', () => {
    const { status, json } = edgec(['run', packaged, '--json'], { EDGEC_CPU: 'z80' });
    expect([status, json.error]).toMatchObject([5, { code: 'E_ENV_CPU' }]);
  });

  test('without --json an error is told on stderr', () => {
    const { status, stdout, stderr } = edgec(compile(at('nothing.onnx')));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error E_FILE_READ: .*\n {2}where/);
  });
});
