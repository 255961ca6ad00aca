import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { EdgecError, type TypedArray } from '../core/index.ts';

/** A package opened by the native engine. Arrays are in the order of the package's inputs and outputs. */
export interface NativeModel {
  run(inputs: readonly TypedArray[], outputs: readonly TypedArray[]): void;
  runAsync(inputs: readonly TypedArray[], outputs: readonly TypedArray[]): Promise<void>;
  /** The bytes of a value after a run with a plan that keeps all. */
  value(index: number): Uint8Array;
  kernels(): string[];
  /** Mean latency of each node over `runs` runs, in ns. */
  profile(runs: number): Float64Array;
  /** Latency of each run, in ns. */
  timeRuns(count: number): Float64Array;
  dispose(): void;
}

export interface Addon {
  isas(): string[];
  NativeModel: new (packageBytes: Uint8Array, plan: Int32Array, options: { isa?: string }) => NativeModel;
}

let loaded: Addon | undefined;

/** Loads the addon once. Throws E_ENV_ADDON telling what was tried. */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const path = fileURLToPath(new URL('../../build/edgec.node', import.meta.url));
  try {
    loaded = createRequire(import.meta.url)(path) as Addon;
    return loaded;
  } catch (error) {
    throw new EdgecError('E_ENV_ADDON', 'the native engine cannot be loaded', {
      expected: path,
      found: (error as Error).message.split('\n')[0],
      remedy: 'build it with `npm run build:native`',
    });
  }
}
