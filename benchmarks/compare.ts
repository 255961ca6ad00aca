// The regression gate: ratios of a new run against those of an old one. Exit status 3 where one became worse.
// Usage: npm run bench:compare -- old.json new.json [--tolerance 0.1]
import { parseArgs } from 'node:util';
import { regressions } from './regressions.ts';
import { readResults } from './results.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tolerance: { type: 'string', default: '0.1' } },
});
const [before, after] = positionals;
const tolerance = Number(values.tolerance);
if (!before || !after || !(tolerance >= 0)) {
  console.error('usage: npm run bench:compare -- old.json new.json [--tolerance 0.1]');
  process.exit(2);
}
const { compared, worse } = regressions(readResults(before), readResults(after), tolerance);
for (const { model, precision, threads, peer, before: old, after: now } of worse)
  console.log(
    `${model} ${precision}, ${threads} thread(s), against ${peer}: ${old.toFixed(2)} → ${now.toFixed(2)}`,
  );
console.log(`${compared} ratios compared, ${worse.length} worse by more than ${100 * tolerance} %`);
if (worse.length > 0) process.exitCode = 3;
