import { existsSync, openSync, readSync, writeSync } from 'node:fs';

const [reset, status] = ['/proc/self/clear_refs', '/proc/self/status'];
const available = existsSync(reset);
const files = available ? { reset: openSync(reset, 'w'), status: openSync(status, 'r') } : undefined;
const text = Buffer.alloc(4096);

function kilobytes(name: string): number {
  if (!files) return 0;
  const length = readSync(files.status, text, 0, text.length, 0);
  const found = new RegExp(`${name}:\\s+(\\d+)`).exec(text.toString('latin1', 0, length));
  return Number(found?.[1] ?? 0);
}

/** Bytes by which the resident memory of this process is above what it is now, at its peak until the result is called. 0 where the system does not tell. */
export function watchPeak(): () => number {
  if (!files) return () => 0;
  writeSync(files.reset, '5', 0);
  const before = kilobytes('VmRSS');
  return () => 1024 * Math.max(0, kilobytes('VmHWM') - before);
}
