import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { nativeIsas } from '../../src/runtime/index.ts';
import { hasZoo } from '../e2e/zoo.ts';

const scripts = fileURLToPath(new URL('../wider', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'edgec-same-bits-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script of tests/wider on its own, shows what it prints, and returns that. */
function run(script: string, args: readonly string[], isa?: string): string {
  const env = { ...process.env, ...(isa && { EDGEC_CPU: isa }) };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(scripts, script), ...args], {
    env,
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  expect(status, `${stdout}${stderr}`).toBe(0);
  return stdout;
}

const isTotal = /^sha256 (\w+) over (\d+) packages/m;

describe.skipIf(!hasZoo)('the reference and every instruction set give one hash', () => {
  test.each([
    { models: 'integer models of the zoo', options: [] },
    { models: 'float models of the zoo, quantised here', options: ['--from-float'] },
  ])('$models', ({ options }) => {
    const packages = join(folder, `packages${options}`);
    const record = join(folder, `hashes${options}.json`);
    run('make-packages.mjs', [packages, ...options]);
    const totals = [
      run('output-hashes.mjs', [packages, record, '--executor', 'reference']),
      ...nativeIsas().map((isa) => run('output-hashes.mjs', [packages, record], isa)),
    ].map((printed) => isTotal.exec(printed)?.slice(1));
    expect(Number(totals[0]?.[1])).toBeGreaterThan(0);
    for (const total of totals) expect(total).toEqual(totals[0]);
    if (options.length === 0) run('output-hashes.mjs', [packages, record, '--max-macs', '1e12']);
  });
});
