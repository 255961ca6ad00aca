import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { corpusOf, mutantOf } from './mutant.ts';
import { Tally } from './tally.ts';
import type { Report } from './worker.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '100000' },
    only: { type: 'string' },
    seconds: { type: 'string', default: 'Infinity' },
  },
});
const seed = Number(options.seed);
const only = options.only === undefined ? undefined : Number(options.only);
const first = only ?? Number(options.from);
const end = only === undefined ? first + Number(options.count) : only + 1;
const deadline = performance.now() + 1000 * Number(options.seconds);

const folder = fileURLToPath(new URL('.', import.meta.url));
const findings = join(folder, 'findings');
const place = join(folder, `at-${process.pid}`);
mkdirSync(findings, { recursive: true });

/** Garbage of one mutant must not count for the next, nor memory that is free but kept. */
const memory = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '1' };

/** A mutant that a worker is at for so long is a hang that it cannot report itself. */
const hangMs = 10_000;
const lookMs = 500;

const tally = new Tally();
const corpus = await corpusOf(seed);

function keep(n: number, what: string): void {
  const { format, bytes } = mutantOf(corpus, seed, n);
  const path = join(findings, `${seed}-${n}.${format}`);
  writeFileSync(path, bytes);
  console.log(
    `FINDING ${seed}/${n} (${format}): ${what}\n  ${path}; again: npm run fuzz -- --seed ${seed} --only ${n}`,
  );
}

function count(reports: readonly Report[]): void {
  for (const report of reports) {
    tally.add(report);
    if (report.finding) keep(report.n, report.finding);
    if (only !== undefined) console.log(JSON.stringify({ ...report, finding: undefined }));
  }
}

const placeNow = (): number => {
  try {
    return readFileSync(place).readDoubleLE(0);
  } catch {
    return Number.NaN;
  }
};

/** Lets a worker run the mutants from `from` on; returns the first that it left. */
async function watch(from: number): Promise<number> {
  let next = from;
  let stopped = '';
  let [seen, since] = [Number.NaN, performance.now()];
  writeFileSync(place, '');
  const child = fork(join(folder, 'worker.js'), [`${seed}`, `${from}`, `${end}`, place], {
    execArgv: ['--expose-gc', '--max-old-space-size=1024'],
    env: { ...process.env, ...memory },
  });
  child.on('message', (reports: Report[]) => {
    count(reports);
    next = reports[reports.length - 1].n + 1;
  });
  const watchdog = setInterval(() => {
    const n = placeNow();
    if (n !== seen) [seen, since] = [n, performance.now()];
    else if (!Number.isNaN(n) && performance.now() - since > hangMs) stopped = 'a hang';
    if (performance.now() > deadline) stopped = 'deadline';
    if (stopped) child.kill('SIGKILL');
  }, lookMs);
  const [code, signal] = await once(child, 'exit');
  clearInterval(watchdog);
  if (stopped === 'deadline') return end;
  if (code === 0) return Math.max(next, end);
  const n = placeNow();
  if (Number.isNaN(n)) throw new Error(`the worker ended with ${signal ?? code} before its first mutant`);
  keep(n, stopped || `the process ended with ${signal ?? code}`);
  tally.findings++;
  return n + 1;
}

for (let from = first; from < end; ) from = await watch(from);
for (const line of tally.lines()) console.log(line);
process.exitCode = tally.findings === 0 ? 0 : 1;
