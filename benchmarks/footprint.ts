import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NamedInput } from '#peers';
import type { Prepared } from './prepare.ts';

/** What it takes to have a model ready: medians of several processes. */
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
const processes = 5;
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

function runChildren(...args: string[]): ChildReport {
  const run = (): ChildReport =>
    JSON.parse(execFileSync(process.execPath, [child, ...args], { encoding: 'utf8' }));
  const reports = Array.from({ length: processes }, run);
  return {
    loadNs: median(reports.map((report) => report.loadNs)),
    warmLoadNs: median(reports.map((report) => report.warmLoadNs)),
    peakBytes: median(reports.map((report) => report.peakBytes)),
  };
}

/** Footprints of edgec and of ONNX Runtime. */
export function footprints(
  prepared: Prepared,
  inputs: readonly NamedInput[],
): Record<'edgec' | 'ort', Footprint> {
  const folder = mkdtempSync(join(tmpdir(), 'edgec-bench-'));
  try {
    const bare = runChildren('bare').peakBytes;
    const ports = JSON.stringify(inputs.map(({ name, dtype, shape }) => ({ name, type: { dtype, shape } })));
    const of = (runtime: 'edgec' | 'ort', bytes: Uint8Array): Footprint => {
      const file = join(folder, runtime);
      writeFileSync(file, bytes);
      const { loadNs, warmLoadNs, peakBytes } = runChildren(runtime, file, ports);
      return { loadNs, warmLoadNs, growthBytes: peakBytes - bare };
    };
    return { edgec: of('edgec', prepared.package), ort: of('ort', prepared.onnx) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
