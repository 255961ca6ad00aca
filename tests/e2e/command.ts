import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built command line. */
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Whether the command line is built. */
export const isBuilt = existsSync(main);
if (!isBuilt) process.stderr.write('skipped: the command line is not built; run `npm run build`\n');

export interface Answer {
  status: number | null;
  stdout: string;
  stderr: string;
  json: Record<string, unknown>;
}

/** Runs the command line to its end. `json` is its object where `--json` is among the arguments. */
export function edgec(args: readonly string[], env: Record<string, string> = {}): Promise<Answer> {
  return new Promise((done) => {
    const options = { encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...env } } as const;
    const child = execFile(process.execPath, [main, ...args], options, (_, stdout, stderr) =>
      done({
        status: child.exitCode,
        stdout,
        stderr,
        json: args.includes('--json') ? JSON.parse(stdout) : {},
      }),
    );
  });
}
