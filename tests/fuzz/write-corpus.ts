import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { edgecSeeds } from './seeds/edgec.ts';

const [folder, seed] = [process.argv[2], Number(process.argv[3] ?? 1)];
mkdirSync(folder, { recursive: true });
const seeds = await edgecSeeds(seed);
for (const [i, bytes] of seeds.entries()) writeFileSync(join(folder, `${seed}-${i}.edgec`), bytes);
console.log(`${seeds.length} packages`);
