// Which kernel variants ran where, by the ledger that kernels_test keeps: a table, and an error for those of the manifests
// that ran nowhere or differed. Those for x86 that this machine cannot run are no error, but the table is not whole: exit
// code 77.
// Usage: node variants.mjs <ledger>
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeIsas } from '../../dist/runtime/index.js';

const families = fileURLToPath(new URL('../../native/kernels', import.meta.url));
const manifests = readdirSync(families)
  .map((family) => join(families, family, 'kernels.inc'))
  .filter(existsSync);
const variants = manifests.flatMap((file) =>
  Array.from(readFileSync(file, 'utf8').matchAll(/EDGEC_KERNEL\("(\w+)", (\w+),/g), ([, name, isa]) => ({
    name: `${name}__${isa}`,
    isa,
  })),
);
const missing = (isa) => isa.startsWith('x86_') && !nativeIsas().includes(isa);

const [ledger] = process.argv.slice(2);
const lines = existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n') : [];
const runs = lines.map((line) => {
  const [machine, variant, rounds, differences] = line.split('\t');
  return { machine, variant, rounds: Number(rounds), differences: Number(differences) };
});

let faults = 0;
const lacking = [];
for (const { name, isa } of variants) {
  const own = runs.filter((run) => run.variant === name);
  const differences = own.reduce((sum, run) => sum + run.differences, 0);
  if (own.length === 0 && missing(isa)) lacking.push(isa);
  else if (own.length === 0 || differences > 0) faults++;
  const where = [...new Set(own.map(({ machine }) => machine))].join('; ') || 'ran nowhere';
  const rounds = own.reduce((sum, run) => sum + run.rounds, 0);
  console.log(`${name.padEnd(44)} ${`${rounds}`.padStart(6)} rounds, ${differences} differences: ${where}`);
}
console.log(`${variants.length} variants, ${faults} that ran nowhere or differ`);
if (lacking.length > 0)
  console.log(`skipped ${lacking.length} variants: this machine has no ${[...new Set(lacking)].join(', ')}`);
process.exitCode = variants.length === 0 || faults > 0 ? 1 : lacking.length > 0 ? 77 : 0;
