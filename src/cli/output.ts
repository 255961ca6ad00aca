import { EdgecError, exitStatus } from '../core/index.ts';

/** Options that every verb takes. */
export interface OutputOptions {
  json?: boolean;
  quiet?: boolean;
}

/** Prints one JSON object, or the lines for people. */
export function print(options: OutputOptions, result: object, lines: () => readonly string[]): void {
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else if (!options.quiet) process.stdout.write(`${lines().join('\n')}\n`);
}

/** Shows what is going on where somebody watches. */
export function progressOf(options: OutputOptions): (phase: string, done: number, total: number) => void {
  const shown = process.stderr.isTTY === true && !options.quiet && !options.json;
  return (phase, done, total) => {
    if (shown)
      process.stderr.write(
        `\r\x1b[K${phase}${total > 1 ? ` ${done}/${total}` : ''}${done === total ? '\n' : ''}`,
      );
  };
}

const asError = (error: unknown): EdgecError | undefined => (error instanceof EdgecError ? error : undefined);

/** Prints an error and sets the exit status that its code stands for. */
export function fail(options: OutputOptions, error: unknown): void {
  const known = asError(error);
  const detail = known?.toJSON() ?? {
    code: 'E_INTERNAL',
    message: (error as Error).message ?? String(error),
    remedy: 'this is a fault of edgec: please report it',
  };
  process.exitCode = known?.exitStatus ?? exitStatus.failure;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ error: detail })}\n`);
    return;
  }
  const lines = [`error ${detail.code}: ${detail.message}`];
  for (const key of ['where', 'expected', 'found', 'remedy'] as const) {
    const text = (detail as Partial<Record<typeof key, string>>)[key];
    if (text) lines.push(`  ${key.padEnd(9)}${text}`);
  }
  process.stderr.write(`${lines.join('\n')}\n`);
}

export const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;
export const milliseconds = (ns: number): string =>
  ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(2)} ms`;
