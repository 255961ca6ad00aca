import { parseArgs } from 'node:util';
import { EdgecError } from 'edgec';
import { nets } from './nets/index.ts';

export const precisions = ['int8', 'float32'] as const;
export type Precision = (typeof precisions)[number];

export interface BenchmarkOptions {
  /** Model files instead of the standard nets. */
  readonly files: readonly string[];
  readonly models: readonly string[];
  readonly precisions: readonly Precision[];
  readonly threads: number;
  readonly quick: boolean;
  readonly out: string;
}

export const usage = `npm run bench -- [options] [model files instead of the standard nets]
  --models <a,b>         of ${Object.keys(nets).join(', ')}; all unless said
  --precision <a,b>      of ${precisions.join(', ')}; both unless said
  --threads <n>          threads of edgec and of ONNX Runtime; 1 unless said
  --quick                a quarter of the time
  --out <folder>         where results.json, results.md and results.html go; benchmarks/out/results unless said`;

const wrong = (expected: string, found: string): EdgecError =>
  new EdgecError('E_CLI_USAGE', 'a value of an option cannot be understood', {
    expected,
    found,
    remedy: usage,
  });

/** Reads the command line. Throws E_CLI_USAGE; undefined where only help was wanted. */
export function readOptions(args: readonly string[]): BenchmarkOptions | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    args: [...args],
    options: {
      models: { type: 'string' },
      precision: { type: 'string' },
      threads: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string', default: 'benchmarks/out/results' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    files: positionals,
    models: someOf(values.models, Object.keys(nets)),
    precisions: someOf(values.precision, precisions),
    threads: count(values.threads),
    quick: values.quick,
    out: values.out,
  };
}

function someOf<T extends string>(given: string | undefined, all: readonly T[]): readonly T[] {
  if (given === undefined) return all;
  const wanted = given.split(',');
  const unknown = wanted.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined) throw wrong(all.join(', '), unknown);
  return all.filter((name) => wanted.includes(name));
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw wrong('a whole number above 0', text);
  return value;
}
