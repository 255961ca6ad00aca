import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isBuilt } from './command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe.skipIf(!isBuilt)('examples', () => {
  test('the library compiles, runs, evaluates and profiles the shipped model', () => {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'example'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^package {3}\d+ bytes, arena \d+ bytes, 94720 MACs$/m);
    expect(stdout).toMatch(/^answer {4}glyph \d$/m);
    expect(Number(stdout.match(/^accuracy +(\S+) /m)?.[1])).toBeGreaterThan(0.95);
    expect(stdout.match(/^profile .*µs/gm)?.length).toBeGreaterThan(3);
  });
});
