import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/core/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Codes of docs/errors.md with their exit status: rows that start with | `E_…` | n |. */
function documented(): Record<string, number> {
  const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  return Object.fromEntries(
    Array.from(text.matchAll(/^\| `(E_\w+)` \| (\d) \|/gm), ([, code, status]) => [code, Number(status)]),
  );
}

function used(): Set<string> {
  const sources = ['src', 'native'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|cc|h|inc)$/.test(file) && file !== 'core/errors.ts')
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
  return new Set(sources.flatMap((text) => text.match(/\bE_[A-Z]+(?:_[A-Z]+)+\b/g) ?? []));
}

describe('error codes', () => {
  test('docs/errors.md lists every code with its exit status', () => {
    expect(documented()).toEqual(errorCodes);
  });

  test('sources use no code that is not in the table', () => {
    expect([...used()].filter((code) => !(code in errorCodes))).toEqual([]);
  });
});
