import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFormat } from '../../src/compiler/index.ts';
import { Random, version } from '../../src/core/index.ts';
import { isBuilt } from './command.ts';
import { smallNet } from './small-net.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'edgec-packed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

function ended(command: string, args: readonly string[], cwd: string): Ended {
  const env = { ...process.env, EDGEC_ADDON: undefined, npm_config_ignore_scripts: 'true' };
  return spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000, env });
}

/** Installs the packed tarball into an empty folder. Undefined where packages cannot be fetched. */
function install(): string | undefined {
  const packed = ended('npm', ['pack', '--json', '--pack-destination', folder], root);
  expect(packed.status, packed.stderr).toBe(0);
  const app = join(folder, 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"name":"app","private":true}');
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  const options = ['--no-audit', '--no-fund', '--prefer-offline'];
  const { status, stderr } = ended('npm', ['install', ...options, join(folder, filename)], app);
  if (status === 0) return app;
  process.stderr.write(`skipped: the dependencies of the packed tarball cannot be installed\n${stderr}`);
  return undefined;
}

const app = isBuilt ? install() : undefined;

describe.skipIf(!app)('the packed tarball in an empty folder', () => {
  const installed = join(app ?? '', 'node_modules', 'edgec');
  const edgec = (...args: string[]): Ended =>
    ended(join(app ?? '', 'node_modules', '.bin', 'edgec'), args, app ?? '');
  const outputs = (answer: Ended): unknown => JSON.parse(answer.stdout).outputs;
  let native: unknown;

  test('tells its version', () => {
    expect(edgec('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('compiles and runs a model on the native engine that it brings', () => {
    writeFileSync(join(app ?? '', 'net.onnx'), writeFormat(smallNet(new Random(5)), 'onnx'));
    expect(edgec('compile', 'net.onnx', '--target', 'rpi4', '-o', 'out', '-q')).toMatchObject({
      status: 0,
      stderr: '',
    });
    const answer = edgec('run', 'out/net.edgec', '--executor', 'native', '--json');
    expect(answer).toMatchObject({ status: 0, stderr: '' });
    native = outputs(answer);
  });

  test('says how to install a peer that is missing', () => {
    const answer = edgec('bench', 'net.onnx', '--vs', 'ort', '--json');
    expect(answer.status).toBe(5);
    expect(JSON.parse(answer.stdout).error).toMatchObject({
      code: 'E_ENV_PEER',
      remedy: expect.stringContaining('npm install'),
    });
  });

  test('without the engine runs the reference, with one warning and the command that builds it', () => {
    rmSync(join(installed, 'build'), { recursive: true });
    const answer = edgec('run', 'out/net.edgec', '--json');
    expect(JSON.parse(answer.stdout)).toMatchObject({ executor: 'reference', outputs: native });
    expect(answer.stderr.match(/EdgecWarning/g)).toHaveLength(1);
    const [, script] = /node (\S+build\.mjs)/.exec(answer.stderr) ?? [];
    expect(existsSync(script)).toBe(true);
    expect(script.startsWith(installed)).toBe(true);
  });

  test('is a library', () => {
    const code =
      "import { loadModel } from 'edgec'; import { findTarget } from 'edgec/targets'; console.log((await loadModel('out/net.edgec', { executor: 'reference' })).inputs[0].name, findTarget('rpi4').name)";
    expect(ended(process.execPath, ['--input-type=module', '-e', code], app ?? '')).toMatchObject({
      status: 0,
      stdout: 'image rpi4\n',
    });
  });
});
