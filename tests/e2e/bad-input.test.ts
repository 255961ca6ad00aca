import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFormat } from '../../src/compiler/index.ts';
import { type ErrorCode, Random } from '../../src/core/index.ts';
import { writeNpy, writeNpz } from '../../src/evaluate/index.ts';
import { edgec, isBuilt, main } from './command.ts';
import { labelled, smallNet } from './small-net.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgec-bad-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);
const listing = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

const [model, data] = [at('net.onnx'), at('data.npz')];
const random = new Random(5);
const source = writeFormat(smallNet(random), 'onnx');

function writeInputs(): void {
  writeFileSync(model, source);
  writeFileSync(at('cut.onnx'), source.subarray(0, source.length / 2));
  writeFileSync(at('text.onnx'), 'this is no model');
  writeFileSync(data, labelled(random, 20));
  writeFileSync(at('cut.npz'), readFileSync(data).subarray(0, 300));
  const wrong = { dtype: 'float32', shape: [4, 5], data: new Float32Array(20) } as const;
  writeFileSync(at('wrong.npz'), writeNpz([['x', wrong]]));
  const huge = Buffer.from(writeNpy({ dtype: 'float32', shape: [1, 2, 6, 6], data: new Float32Array(72) }));
  writeFileSync(at('image.npy'), huge);
  writeFileSync(
    at('huge.npy'),
    Buffer.from(huge.toString('latin1').replace('(1, 2,', '(9999999999, 2,'), 'latin1'),
  );
  writeFileSync(at('text.json'), '{"format":');
  writeFileSync(at('unknown.json'), '{"format":"parquet","path":"data.npz"}');
  writeFileSync(at('elsewhere.json'), '{"format":"npz","path":"none.npz"}');
  writeFileSync(at('ragged.csv'), 'a,b,label\n1,2,0\n1,0\n');
  writeFileSync(at('short.bin'), Buffer.alloc(7));
  writeFileSync(at('grey.pgm'), 'P2 1 1 255 9');
  mkdirSync(at('out'));
  mkdirSync(at('taken', 'net.int8.onnx'), { recursive: true });
}

describe.skipIf(!isBuilt).concurrent('bad input', () => {
  let before: string[];
  beforeAll(() => {
    writeInputs();
    before = listing();
  });
  afterAll(() => expect(listing()).toEqual(before));

  const compiled = (path: string, ...rest: string[]) => [
    'compile',
    path,
    '--target',
    'rpi4',
    '-o',
    at('bad'),
    ...rest,
  ];
  const cases: [string, string[], ErrorCode, number][] = [
    ['no verb', [], 'E_CLI_USAGE', 2],
    ['an unknown verb', ['frobnicate'], 'E_CLI_USAGE', 2],
    ['an unknown option', ['inspect', model, '--frob'], 'E_CLI_USAGE', 2],
    ['no model', ['inspect'], 'E_CLI_USAGE', 2],
    ['no target', ['compile', model], 'E_CLI_USAGE', 2],
    ['both precisions', compiled(model, '--int8', '--float'), 'E_CLI_USAGE', 2],
    ['an unknown artefact', compiled(model, '--emit', 'exe'), 'E_CLI_USAGE', 2],
    ['an unknown observer', compiled(model, '--observer', 'guess'), 'E_CLI_USAGE', 2],
    ['a malformed shape', compiled(model, '--shape', 'image:0x2'), 'E_CLI_USAGE', 2],
    ['a malformed count', ['bench', model, '--runs', 'many'], 'E_CLI_USAGE', 2],
    ['a malformed seed', ['run', model, '--seed', '-1'], 'E_CLI_USAGE', 2],
    ['an unknown input', ['run', model, '--input', `x=${at('image.npy')}`], 'E_CLI_USAGE', 2],
    ['an unknown target', ['compile', model, '--target', 'rpi9'], 'E_TARGET_UNKNOWN', 2],
    ['a missing model', compiled(at('nothing.onnx')), 'E_FILE_READ', 1],
    ['a folder as model', compiled(folder), 'E_FILE_READ', 1],
    ['a truncated model', compiled(at('cut.onnx')), 'E_FORMAT_CORRUPT', 4],
    ['text as model', compiled(at('text.onnx')), 'E_FORMAT_UNKNOWN', 4],
    ['missing calibration data', compiled(model, '--calibrate', at('none.npz')), 'E_FILE_READ', 1],
    ['calibration data of another shape', compiled(model, '--calibrate', at('wrong.npz')), 'E_DATA_SHAPE', 1],
    [
      'an unwritable output',
      ['compile', model, '--target', 'rpi4', '-o', join(model, 'x')],
      'E_FILE_WRITE',
      1,
    ],
    [
      'an output where no folder can be',
      ['compile', model, '--target', 'rpi4', '-o', '/proc/edgec'],
      'E_FILE_WRITE',
      1,
    ],
    ['a short input', ['run', model, '--input', `image=${at('short.bin')}`], 'E_RUN_INPUT', 1],
    ['a missing input file', ['run', model, '--input', `image=${at('no.npy')}`], 'E_FILE_READ', 1],
    ['a missing picture', ['run', model, '--image', at('no.png')], 'E_FILE_READ', 1],
    ['a picture that is none', ['run', model, '--image', at('text.onnx')], 'E_DATA_FORMAT', 1],
    ['a picture for an input of none', ['run', model, '--image', at('grey.pgm')], 'E_DATA_SHAPE', 1],
    ['data that is missing', ['eval', model, '--data', at('none.npz')], 'E_FILE_READ', 1],
    ['half a calibration file', compiled(model, '--calibrate', at('cut.npz')), 'E_DATA_FORMAT', 1],
    ['calibration data that is a model', compiled(model, '--calibrate', model), 'E_DATA_FORMAT', 1],
    ['data described by no JSON', ['eval', model, '--data', at('text.json')], 'E_DATA_FORMAT', 1],
    ['data of an unknown format', ['eval', model, '--data', at('unknown.json')], 'E_DATA_FORMAT', 1],
    [
      'data that its description cannot find',
      ['eval', model, '--data', at('elsewhere.json')],
      'E_FILE_READ',
      1,
    ],
    ['a row that is short', ['eval', model, '--data', at('ragged.csv')], 'E_DATA_SHAPE', 1],
    ['an empty folder as data', ['eval', model, '--data', at('out')], 'E_DATA_FORMAT', 1],
    [
      'an input that claims to be huge',
      ['run', model, '--input', `image=${at('huge.npy')}`],
      'E_DATA_FORMAT',
      1,
    ],
    [
      'an artefact where a folder is',
      ['compile', model, '--target', 'rpi4', '--emit', 'edgec,onnx', '-o', at('taken')],
      'E_FILE_WRITE',
      1,
    ],
    ['outputs that cannot be written', ['run', model, '-o', join(model, 'answer.npz')], 'E_FILE_WRITE', 1],
    ['a shape for an input that is not there', compiled(model, '--shape', 'x:1x2'), 'E_CLI_USAGE', 2],
    ['a shape that does not fit', compiled(model, '--shape', 'image:1x2x7x7'), 'E_OP_SHAPE', 4],
  ];

  test.each(cases)('%s', async (_, args, code, status) => {
    const answer = await edgec([...args, '--json']);
    expect(answer.json.error).toMatchObject({ code, message: expect.any(String) });
    expect(answer.status).toBe(status);
    expect(existsSync(at('bad'))).toBe(false);
  });

  test('a compile killed half-way leaves nothing', async () => {
    const large = at('large.npz');
    writeFileSync(large, labelled(random, 40_000));
    const args = compiled(model, '--calibrate', large, '--samples', '40000', '--observer', 'entropy');
    const child = spawn(process.execPath, [main, ...args], { stdio: 'ignore' });
    setTimeout(() => child.kill('SIGKILL'), 600);
    const [, signal] = await once(child, 'exit');
    rmSync(large);
    expect([signal, existsSync(at('bad'))]).toEqual(['SIGKILL', false]);
  });
});
