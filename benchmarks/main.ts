// Races edgec against its peers on the standard nets and writes what it found. `npm run bench -- --help` lists the options.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { EdgecError, machinePeaks } from 'edgec';
import { writeFormat } from 'edgec/compiler';
import { Ort } from '#peers';
import { contest } from './contest.ts';
import { nets } from './nets/index.ts';
import { type BenchmarkOptions, readOptions, usage } from './options.ts';
import { prepare, type Source } from './prepare.ts';
import { html } from './report/html.ts';
import { markdown } from './report/markdown.ts';
import { line } from './report/table.ts';
import type { Results } from './results.ts';

const [longNs, quickNs] = [1.5e9, 0.4e9];
const seed = 1;

function* sources({ files, models }: BenchmarkOptions): Generator<Source> {
  for (const file of files) yield { name: basename(file), model: file };
  if (files.length > 0) return;
  for (const name of models) yield { name, model: writeFormat(nets[name](seed), 'onnx') };
}

async function measure(options: BenchmarkOptions): Promise<Results> {
  const ort = Ort.resolve();
  const peaks = machinePeaks();
  const contests = [];
  const durationNs = options.quick ? quickNs : longNs;
  for (const source of sources(options)) {
    for (const precision of options.precisions) {
      const prepared = await prepare(source, precision);
      if (typeof prepared === 'string') {
        console.log(`${source.name} ${precision}: left out, ${prepared}`);
        continue;
      }
      const found = await contest(prepared, { ort, threads: options.threads, durationNs });
      console.log(line(found, peaks));
      contests.push(found);
    }
  }
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    node: process.version,
    peers: { 'onnxruntime-node': ort.version },
    peaks,
    addonBytes: statSync(process.env.EDGEC_ADDON ?? 'build/edgec.node').size,
    contests,
  };
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (!options) return console.log(usage);
  const results = await measure(options);
  mkdirSync(options.out, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(options.out, name), text);
  write('results.json', `${JSON.stringify(results, null, 1)}\n`);
  write('results.md', markdown(results));
  write('results.html', html(results));
  console.log(`results.json, results.md and results.html are in ${options.out}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof EdgecError)) throw error;
  console.error(JSON.stringify(error, null, 1));
  process.exitCode = error.exitStatus;
}
