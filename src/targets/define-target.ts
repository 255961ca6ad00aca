/** Facts about a board, with where they come from. */
export interface Target {
  readonly name: string;
  readonly summary: string;
  readonly cpu: string;
  /** Dispatch name of the best instruction set that its cores have. */
  readonly isa: string;
  readonly clockHz: number;
  readonly cores: number;
  /** Multiply-accumulates that one core can issue in a cycle. */
  readonly macsPerCycle: { readonly int8: number; readonly float32: number };
  readonly memoryBytesPerSecond: number;
  readonly source: string;
}

export const defineTarget = (target: Target): Target => target;
