import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verbOptions } from '../../src/cli/options.ts';

const docs = readFileSync(fileURLToPath(new URL('../../docs/cli.md', import.meta.url)), 'utf8');
const shared = ['--json', '--quiet', '--version', '--help'];
const known = new Set([...shared, ...Object.values(verbOptions).flatMap((o) => o.map(({ long }) => long))]);
const named = new Set(docs.match(/--[a-z][a-z0-9-]*/g));

describe('docs/cli.md', () => {
  test('names every option', () => {
    expect([...known].filter((flag) => !named.has(flag ?? ''))).toEqual([]);
  });

  test('names no other option', () => {
    expect([...named].filter((flag) => !known.has(flag))).toEqual([]);
  });

  test('has a section for every verb', () => {
    for (const verb of Object.keys(verbOptions)) expect(docs).toContain(`## ${verb}\n`);
  });
});
