import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NamedInput } from '#peers';
import type { Prepared } from './prepare.ts';

/** What it takes to have a model ready, each found in a process of its own. */
export interface Footprint {
  /** First load of the process, from a file. */
  readonly loadNs: number;
  /** The shortest of several later loads. */
  readonly warmLoadNs: number;
  /** Peak of resident memory after loading and one run, less that of a bare Node. */
  readonly growthBytes: number;
}

/** What the child prints. */
export interface ChildReport {
  readonly loadNs: number;
  readonly warmLoadNs: number;
  readonly peakBytes: number;
}

const child = fileURLToPath(new URL('./footprint-child.js', import.meta.url));
const runChild = (...args: string[]): ChildReport =>
  JSON.parse(execFileSync(process.execPath, [child, ...args], { encoding: 'utf8' }));

/** Footprints of edgec and of ONNX Runtime. */
export function footprints(
  prepared: Prepared,
  inputs: readonly NamedInput[],
): Record<'edgec' | 'ort', Footprint> {
  const folder = mkdtempSync(join(tmpdir(), 'edgec-bench-'));
  try {
    const bare = runChild('bare').peakBytes;
    const ports = JSON.stringify(inputs.map(({ name, dtype, shape }) => ({ name, type: { dtype, shape } })));
    const of = (runtime: 'edgec' | 'ort', bytes: Uint8Array): Footprint => {
      const file = join(folder, runtime);
      writeFileSync(file, bytes);
      const { loadNs, warmLoadNs, peakBytes } = runChild(runtime, file, ports);
      return { loadNs, warmLoadNs, growthBytes: peakBytes - bare };
    };
    return { edgec: of('edgec', prepared.package), ort: of('ort', prepared.onnx) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
