import { parseArgs } from 'node:util';
import { EdgecError } from 'edgec';
import { nets } from './nets/index.ts';

export const precisions = ['int8', 'float32'] as const;
export type Precision = (typeof precisions)[number];

export const sections = ['peers', 'threads', 'instructions'] as const;
export type Section = (typeof sections)[number];

export interface BenchmarkOptions {
  /** Model files instead of the standard nets; with `zoo`, parts of paths of it. */
  readonly files: readonly string[];
  readonly zoo: boolean;
  readonly models: readonly string[];
  readonly precisions: readonly Precision[];
  readonly sections: readonly Section[];
  readonly cpu: string;
  readonly threads: number;
  readonly quick: boolean;
  readonly out: string;
}

export const usage = `npm run bench -- [options] [model files instead of the standard nets]
  --models <a,b>         of ${Object.keys(nets).join(', ')}; all unless said
  --precision <a,b>      of ${precisions.join(', ')}; both unless said
  --sections <a,b>       of ${sections.join(', ')}; peers unless said
  --cpu <name>           instruction set of that section; x86_avx2 unless said
  --threads <n>          threads of edgec and of ONNX Runtime in a race against peers; 1 unless said
  --zoo                  the real models in EDGEC_ZOO as they are; arguments are parts of the paths of those wanted
  --quick                a quarter of the time
  --out <folder>         where results.json, results.md and results.html go; benchmarks/out/results unless said`;

const wrong = (message: string, expected: string, found?: string): EdgecError =>
  new EdgecError('E_CLI_USAGE', message, { expected, found, remedy: usage });

const wrongValue = (expected: string, found: string): EdgecError =>
  wrong('a value of an option cannot be understood', expected, found);

const given = {
  models: { type: 'string' },
  precision: { type: 'string' },
  sections: { type: 'string', default: 'peers' },
  cpu: { type: 'string', default: 'x86_avx2' },
  threads: { type: 'string', default: '1' },
  zoo: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  out: { type: 'string', default: 'benchmarks/out/results' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line. Throws E_CLI_USAGE; undefined where only help was wanted. */
export function readOptions(args: readonly string[]): BenchmarkOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  return {
    files: positionals,
    zoo: values.zoo,
    models: someOf(values.models, Object.keys(nets)),
    precisions: someOf(values.precision, precisions),
    sections: someOf(values.sections, sections),
    cpu: values.cpu,
    threads: count(values.threads),
    quick: values.quick,
    out: values.out,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ allowPositionals: true, args: [...args], options: given });
  } catch (error) {
    throw wrong((error as Error).message, 'known options, with a value where they take one');
  }
}

function someOf<T extends string>(given: string | undefined, all: readonly T[]): readonly T[] {
  if (given === undefined) return all;
  const wanted = given.split(',');
  const unknown = wanted.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined) throw wrongValue(all.join(', '), unknown);
  return all.filter((name) => wanted.includes(name));
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw wrongValue('a whole number above 0', text);
  return value;
}
