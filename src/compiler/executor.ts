import type { Tensor, TypedArray } from '../core/index.ts';

/** A package opened by a runtime, as far as the compiler needs it. */
export interface OpenModel {
  /** Runs on real inputs by name; outputs stay valid until the next run. */
  runSync(inputs: Record<string, TypedArray>): Record<string, Tensor>;
  /** Value by its index in the package, after a run. Only with `keepAll`. */
  valueAt(index: number): Tensor;
  /** Least and greatest element of a float32 value, NaN where an element is. Only with `keepAll`. */
  rangeAt(index: number): { readonly min: number; readonly max: number };
  dispose(): void;
}

/** Opens packages: the runtime that calibration and measuring run on is passed in. */
export type Executor = (packageBytes: Uint8Array, options: { keepAll: boolean }) => Promise<OpenModel>;
