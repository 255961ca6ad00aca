import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.env.EDGEC_ZOO ?? fileURLToPath(new URL('../../../shared/zoo', import.meta.url));

/** Whether the collection of real models is on this machine. */
export const hasZoo = existsSync(join(folder, 'manifest.jsonl'));
if (!hasZoo) process.stderr.write('skipped: real models are missing; set EDGEC_ZOO to their folder\n');

export const zooPath = (path: string): string => join(folder, path);
