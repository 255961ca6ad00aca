import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EdgecError, type TypedArray } from '../core/loading.ts';

/** A package opened by the native engine. Arrays are in the order of the package's inputs and outputs. */
export interface NativeModel {
  run(inputs: readonly TypedArray[], outputs: readonly TypedArray[]): void;
  runAsync(inputs: readonly TypedArray[], outputs: readonly TypedArray[]): Promise<void>;
  /** Copies a value into an array of its size, after a run with a plan that keeps all. */
  value(index: number, into: TypedArray): void;
  /** The least and the greatest element of a float value; NaN where an element is. */
  range(index: number): { min: number; max: number };
  /** Of each node, in the order of execution. */
  kernels(): string[];
  ops(): string[];
  /** Shortest latency of each node over `runs` runs, in ns. */
  profile(runs: number): Float64Array;
  /** Latency of each run, in ns. */
  timeRuns(count: number): Float64Array;
  dispose(): void;
}

/**
 * What one core does in a second at most: multiply-accumulates of a precision on registers, and bytes read and written
 * by copies that stay in its caches.
 */
export interface MachinePeaks {
  readonly int8: number;
  readonly float32: number;
  readonly bytes: number;
}

export interface Addon {
  isas(): string[];
  peaks(isa?: string): MachinePeaks;
  /** Whether files can be mapped here. */
  readonly mapsFiles: boolean;
  /** From bytes, or from the file that a descriptor is open for, which is mapped. */
  NativeModel: new (
    source: Uint8Array | number,
    plan: Int32Array,
    /** `memoryBytes`: at most for what a run writes. */
    options: { isa?: string; threads: number; memoryBytes: number },
  ) => NativeModel;
}

const root = new URL('../../', import.meta.url);
let loaded: Addon | undefined;

/** Loads the addon once: the file that EDGEC_ADDON names, else the one built here. Throws E_ENV_ADDON telling what was tried. */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const path = process.env.EDGEC_ADDON ?? fileURLToPath(new URL('build/edgec.node', root));
  try {
    loaded = createRequire(import.meta.url)(resolve(path)) as Addon;
    return loaded;
  } catch (error) {
    throw new EdgecError('E_ENV_ADDON', 'the native engine cannot be loaded', {
      expected: path,
      found: (error as Error).message.split('\n')[0],
      remedy: `build it with \`node ${fileURLToPath(new URL('native/build.mjs', root))}\``,
    });
  }
}
