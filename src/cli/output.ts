import { cpus } from 'node:os';
import { EdgecError, exitStatus } from '../core/index.ts';

/** Options that every verb takes. */
export interface OutputOptions {
  json?: boolean;
  quiet?: boolean;
}

/** Prints one JSON object, or the lines for people. No colours, whatever NO_COLOR says. */
export function print(options: OutputOptions, result: object, lines: () => readonly string[]): void {
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else if (!options.quiet) process.stdout.write(`${lines().join('\n')}\n`);
}

/** What times are measured on. */
export const cpuName = (): string => cpus()[0]?.model.trim() ?? 'unknown CPU';

export const threadCount = (threads: number): string => `${threads} thread${threads > 1 ? 's' : ''}`;

export type Progress = (phase: string, done: number, total: number) => void;

/** Shows what is going on where somebody watches: on standard error, when that is a terminal. */
export function progressOf(options: OutputOptions): Progress {
  if (!process.stderr.isTTY || options.quiet || options.json) return () => {};
  return (phase, done, total) => {
    const text = total > 1 && done < total ? `${phase} ${done}/${total}` : phase;
    process.stderr.write(`\r\x1b[K${done === total ? '' : text}`);
  };
}

/** What an unexpected exception is told as. */
const internal = (error: unknown) => ({
  code: 'E_INTERNAL',
  message: error instanceof Error ? error.message : String(error),
  remedy: 'this is a fault of edgec: please report it',
});

type Told = { code: string; message: string } & Partial<Record<(typeof details)[number], string>>;

const details = ['where', 'expected', 'found', 'remedy'] as const;

/** Prints an error and sets the exit status that its code stands for. */
export function fail(options: OutputOptions, error: unknown): void {
  const known = error instanceof EdgecError ? error : undefined;
  const told: Told = known?.toJSON() ?? internal(error);
  process.exitCode = known?.exitStatus ?? exitStatus.failure;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ error: told })}\n`);
    return;
  }
  const lines = details.flatMap((key) => (told[key] ? [`  ${key.padEnd(9)}${told[key]}`] : []));
  process.stderr.write(`${[`error ${told.code}: ${told.message}`, ...lines].join('\n')}\n`);
}

export const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

export const milliseconds = (ns: number): string =>
  ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(2)} ms`;

/** The numbers among metrics, in one line. */
export const describeMetrics = (metrics: object): string =>
  Object.entries(metrics)
    .flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${value.toFixed(4)}`] : []))
    .join('  ');
