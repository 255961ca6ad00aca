import { EdgecError } from './errors.ts';

/** What one model may take. Files are not trusted: a few bytes can ask for any amount. */
export interface Limits {
  /** Bytes of the constants and of the memory of one run together, and of any value. */
  readonly memoryBytes: number;
  /** Nodes of the graph, with those of subgraphs as often as they are brought in. */
  readonly nodes: number;
  /** Subgraphs inside each other. */
  readonly nesting: number;
  /** Multiply-accumulates of one inference, which bound its time. */
  readonly macs: number;
}

export const defaultLimits: Limits = { memoryBytes: 2 ** 32, nodes: 100_000, nesting: 16, macs: 1e13 };

const messages: Readonly<Record<keyof Limits, string>> = {
  memoryBytes: 'the model takes too much memory',
  nodes: 'the model has too many nodes',
  nesting: 'subgraphs nest too deep',
  macs: 'the model computes too much',
};

/** Throws E_LIMIT_EXCEEDED, naming the limit, where `found` is above it. */
export function checkLimit(limits: Limits, name: keyof Limits, found: number, where?: string): void {
  if (found <= limits[name]) return;
  throw new EdgecError('E_LIMIT_EXCEEDED', messages[name], {
    expected: `${name} of at most ${limits[name]}`,
    found: `${found}`,
    ...(where && { where }),
    remedy: `pass a higher limit, --allow ${name}=n, where the model is to be trusted`,
  });
}

/** Most dimensions of a value. */
export const maxRank = 8;
/** Most elements of a value, where dimensions of 0 count as 1: strides are products of the others. */
export const maxElements = 2 ** 31 - 1;

/** Whether values may have this shape, in a package and on every executor. */
export const isStorable = (shape: readonly number[]): boolean =>
  shape.length <= maxRank &&
  shape.every((d) => d >= 0) &&
  shape.reduce((n, d) => n * Math.max(d, 1), 1) <= maxElements;

/** Throws E_LIMIT_EXCEEDED for a shape that no value may have. */
export function checkShape(shape: readonly number[], where?: string): void {
  if (isStorable(shape)) return;
  throw new EdgecError('E_LIMIT_EXCEEDED', 'a value would be too large', {
    expected: `at most ${maxRank} dimensions and ${maxElements} elements`,
    found: `[${shape}]`,
    ...(where && { where }),
  });
}

/** Numbers of a sequence that a model writes as its length alone. */
const longestSequence = 2 ** 20;

/** Throws E_LIMIT_EXCEEDED where a sequence of `length` numbers is too long to be written out. */
export function checkSequence(length: number, where?: string): void {
  if (length >= 0 && length <= longestSequence) return;
  throw new EdgecError('E_LIMIT_EXCEEDED', 'a sequence of numbers is too long', {
    expected: `at most ${longestSequence}`,
    found: `${length}`,
    ...(where && { where }),
  });
}

/** 0, 1, … below `length`. Throws E_LIMIT_EXCEEDED. */
export function counting(length: number): number[] {
  checkSequence(length);
  return Array.from({ length }, (_, i) => i);
}
