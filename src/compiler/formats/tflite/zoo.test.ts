import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EdgecError } from '../../../core/index.ts';
import { verify } from '../../graph/index.ts';
import { tfliteFormat } from './index.ts';

const zoo = process.env.EDGEC_ZOO ?? fileURLToPath(new URL('../../../../../shared/zoo', import.meta.url));
const hasZoo = existsSync(zoo);
if (!hasZoo) process.stderr.write('skipped: real models are missing; set EDGEC_ZOO to their folder\n');

const files = hasZoo
  ? readdirSync(zoo, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.tflite') && !path.includes('tflm/seanet'))
      .sort()
  : [];

/** What reading or writing a file refuses, as one line. */
function refusal(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof EdgecError) return `${error.code} ${error.message} (${error.detail.where ?? ''})`;
    throw error;
  }
}

describe.skipIf(!hasZoo)('real TFLite files', () => {
  test('every file is read and written again, or refused with a code', () => {
    const refused: string[] = [];
    for (const path of files) {
      const bytes = readFileSync(join(zoo, path));
      const reading = refusal(() => verify(tfliteFormat.read(bytes)));
      if (reading) refused.push(`read  ${relative('.', path)}: ${reading}`);
      else {
        const graph = tfliteFormat.read(bytes);
        const writing = refusal(() => {
          const again = tfliteFormat.read(tfliteFormat.write(graph));
          expect(again.outputs.length, path).toBe(graph.outputs.length);
        });
        if (writing) refused.push(`write ${path}: ${writing}`);
      }
    }
    process.stdout.write(`${files.length} files, ${refused.length} refused\n${refused.join('\n')}\n`);
    expect(refused.length).toBeLessThan(files.length / 2);
  }, 120_000);
});
