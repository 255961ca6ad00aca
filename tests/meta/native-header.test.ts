import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nativeHeader } from '../../src/core/index.ts';

test('native/base/ops.generated.h is what the op registry generates', () => {
  const committed = readFileSync(new URL('../../native/base/ops.generated.h', import.meta.url), 'utf8');
  expect(committed, 'run: npm run build:ts && node native/generate-op-header.mjs').toBe(nativeHeader());
});
