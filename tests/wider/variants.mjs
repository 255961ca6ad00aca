// Which kernel variants ran where, by the ledger that kernels_test keeps: a table, and an error for those of the manifests
// that ran nowhere or differed.
// Usage: node variants.mjs <ledger>
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const families = fileURLToPath(new URL('../../native/kernels', import.meta.url));
const manifests = readdirSync(families)
  .map((family) => join(families, family, 'kernels.inc'))
  .filter(existsSync);
const variants = manifests.flatMap((file) =>
  Array.from(
    readFileSync(file, 'utf8').matchAll(/EDGEC_KERNEL\("(\w+)", (\w+),/g),
    ([, name, isa]) => `${name}__${isa}`,
  ),
);

const [ledger] = process.argv.slice(2);
const lines = existsSync(ledger) ? readFileSync(ledger, 'utf8').trim().split('\n') : [];
const runs = lines.map((line) => {
  const [machine, variant, rounds, differences] = line.split('\t');
  return { machine, variant, rounds: Number(rounds), differences: Number(differences) };
});

let faults = 0;
for (const variant of variants) {
  const own = runs.filter((run) => run.variant === variant);
  const differences = own.reduce((sum, run) => sum + run.differences, 0);
  if (own.length === 0 || differences > 0) faults++;
  const where = [...new Set(own.map(({ machine }) => machine))].join('; ') || 'ran nowhere';
  const rounds = own.reduce((sum, run) => sum + run.rounds, 0);
  console.log(
    `${variant.padEnd(44)} ${`${rounds}`.padStart(6)} rounds, ${differences} differences: ${where}`,
  );
}
console.log(`${variants.length} variants, ${faults} that ran nowhere or differ`);
process.exitCode = variants.length > 0 && faults === 0 ? 0 : 1;
