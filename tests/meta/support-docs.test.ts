import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { supportTable } from './support-table.ts';

test('docs/support.md is up to date', async () => {
  const list = readFileSync(new URL('../../native/engine/ops.inc', import.meta.url), 'utf8');
  const native = new Set(Array.from(list.matchAll(/^EDGEC_OP\((\w+)\)/gm), ([, name]) => name));
  await expect(supportTable(native)).toMatchFileSnapshot('../../docs/support.md');
});
