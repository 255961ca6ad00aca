import type { Tensor, TensorType, TypedArray } from '../core/loading.ts';

export interface PortInfo {
  readonly name: string;
  readonly type: TensorType;
  /** The strings that its integers are indices into, where they stand for strings. */
  readonly labels?: readonly string[];
  /** What the columns of its last axis are called, where they have names. */
  readonly columns?: readonly string[];
}

export interface NodeProfile {
  readonly node: string;
  readonly op: string;
  readonly kernel: string;
  /** The shortest of the runs. */
  readonly latencyNs: number;
}

export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** A loaded package. Inputs are typed arrays by name, row-major, in the dtype of the input. */
export interface Session {
  readonly executor: 'native' | 'reference';
  /** Threads that one inference may use. */
  readonly threads: number;
  /** Chosen kernel of each node. */
  readonly kernels: readonly string[];
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  /** Throws E_RUN_INPUT for a missing input, another dtype or another length. */
  runSync(inputs: Record<string, TypedArray>): Record<string, Tensor>;
  run(inputs: Record<string, TypedArray>): Promise<Record<string, Tensor>>;
  /** A copy of any value after a run; only when loaded with `keepAll`. */
  valueAt(index: number): Tensor;
  /** Least and greatest element of a float32 value, NaN where an element is; only when loaded with `keepAll`. */
  rangeAt(index: number): ValueRange;
  /** Latency of each of `count` runs on the last inputs, in ns. */
  timeRuns(count: number): Float64Array;
  profile(runs: number): NodeProfile[];
  /** Values that the model keeps between runs are as before the first one. */
  reset(): void;
  dispose(): void;
}
