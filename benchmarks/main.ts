// Races edgec against its peers and against itself and writes what it found. `npm run bench -- --help` lists the options.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { EdgecError, machinePeaks } from 'edgec';
import { writeFormat } from 'edgec/compiler';
import { Ort } from '#peers';
import { contest } from './contest.ts';
import { instructionTimes } from './instructions.ts';
import { nets } from './nets/index.ts';
import { type BenchmarkOptions, readOptions, usage } from './options.ts';
import { type Prepared, prepare, prepareAsItIs, type Source, type Target } from './prepare.ts';
import { html } from './report/html.ts';
import { markdown } from './report/markdown.ts';
import { instructionLine, line, threadLine } from './report/table.ts';
import type { Results } from './results.ts';
import { threadTimes } from './threads.ts';
import { zooSources } from './zoo.ts';

const [longNs, quickNs] = [1.5e9, 0.4e9];
const seed = 1;

function* sources({ files, models }: BenchmarkOptions): Generator<Source> {
  for (const file of files) yield { name: basename(file), model: file };
  if (files.length > 0) return;
  for (const name of models) yield { name, model: writeFormat(nets[name](seed), 'onnx') };
}

type Found = Pick<Results, 'contests' | 'threadTimes' | 'instructionTimes' | 'leftOut'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Measures one section after the other on every model, and tells each finding as it comes. */
class Measurement {
  readonly found: Mutable<Found> = { contests: [], threadTimes: [], instructionTimes: [], leftOut: [] };
  readonly peaks = machinePeaks();
  readonly ort = Ort.resolve();
  readonly #options: BenchmarkOptions;
  readonly #durationNs: number;

  constructor(options: BenchmarkOptions) {
    this.#options = options;
    this.#durationNs = options.quick ? quickNs : longNs;
  }

  async measure(prepared: readonly Prepared[]): Promise<void> {
    const { sections } = this.#options;
    for (const each of prepared) {
      if (sections.includes('peers')) await this.#peers(each);
      if (sections.includes('threads')) await this.#threads(each);
    }
  }

  async measureSource(source: Source): Promise<void> {
    const { sections } = this.#options;
    if (sections.some((section) => section !== 'instructions'))
      await this.measure(await this.#prepare(source));
    if (sections.includes('instructions')) await this.#instructions(source);
  }

  /** In each wanted precision that the model can have. */
  async #prepare(source: Source, target?: Target): Promise<Prepared[]> {
    const prepared = [];
    for (const precision of this.#options.precisions) {
      const each = await prepare(source, precision, target);
      if (typeof each === 'string') this.leaveOut(`${source.name} ${precision}`, each);
      else prepared.push(each);
    }
    return prepared;
  }

  async #peers(prepared: Prepared): Promise<void> {
    const { threads, zoo } = this.#options;
    const options = { ort: this.ort, threads, durationNs: this.#durationNs, brief: zoo };
    const result = await contest(prepared, options);
    if (typeof result === 'string') return this.leaveOut(`${prepared.name} ${prepared.precision}`, result);
    this.found.contests.push(result);
    console.log(line(result, this.peaks));
  }

  async #threads(prepared: Prepared): Promise<void> {
    const times = await threadTimes(prepared, this.#durationNs);
    this.found.threadTimes.push(times);
    console.log(threadLine(times));
  }

  async #instructions(source: Source): Promise<void> {
    const { cpu } = this.#options;
    const prepared = await this.#prepare(source, { name: 'host', isa: cpu });
    const [int8, float32] = (['int8', 'float32'] as const).map((wanted) =>
      prepared.find(({ precision }) => precision === wanted),
    );
    if (!int8 || !float32) return;
    const times = await instructionTimes({ int8, float32 }, cpu, this.#durationNs);
    this.found.instructionTimes.push(times);
    console.log(instructionLine(times));
  }

  leaveOut(model: string, reason: string): void {
    this.found.leftOut.push({ model, reason });
    console.log(`${model}: left out, ${reason}`);
  }
}

async function measureZoo(measurement: Measurement, parts: readonly string[]): Promise<void> {
  for (const source of await zooSources(parts)) {
    try {
      await measurement.measure([await prepareAsItIs(source)]);
    } catch (error) {
      if (!(error instanceof EdgecError)) throw error;
      measurement.leaveOut(source.name, `edgec: ${error.message}`);
    }
  }
}

async function measure(options: BenchmarkOptions): Promise<Results> {
  const measurement = new Measurement(options);
  if (options.zoo) await measureZoo(measurement, options.files);
  else for (const source of sources(options)) await measurement.measureSource(source);
  const { ort, peaks, found } = measurement;
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    node: process.version,
    peers: { 'onnxruntime-node': ort.version },
    peaks,
    addonBytes: statSync(process.env.EDGEC_ADDON ?? 'build/edgec.node').size,
    ...found,
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
