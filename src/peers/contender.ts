import type { DType, TypedArray } from '../core/index.ts';

/** A loaded model that takes part in a race: it runs again and again on the same inputs. */
export interface Contender {
  readonly name: string;
  /** Mean latency of `count` runs. Units: ns. */
  burst(count: number): number | Promise<number>;
  dispose(): void | Promise<void>;
}

/** An input of a contender, by name. Elements are dense and row-major. */
export interface NamedInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}
