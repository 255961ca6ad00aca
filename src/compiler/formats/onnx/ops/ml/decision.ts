import { ceilToFloat, floorToFloat, nextDown, nextUp } from './float32.ts';

/** Comparisons of a branch in the order of their ids in TreeEnsemble-5. */
export const comparisons = [
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
  'BRANCH_MEMBER',
] as const;
export type Comparison = (typeof comparisons)[number];

/** What a branch asks of a value. `missing`: NaN is a yes, whatever the comparison says. */
export interface Question {
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly members?: readonly number[];
  readonly missing: boolean;
}

/** Tests `v ≥ threshold`, or `−v ≥ threshold` where negated; NaN is never that. */
export interface Test {
  readonly threshold: number;
  readonly negated: boolean;
  /** Where the test fails, and where it holds. */
  readonly first: Decision;
  readonly second: Decision;
}
export type Decision = 'yes' | 'no' | Test;

function test(negated: boolean, threshold: number, first: Decision, second: Decision): Decision {
  return Number.isNaN(threshold) ? first : { threshold, negated, first, second };
}

const atLeast = (t: number, first: Decision, second: Decision): Decision =>
  test(false, ceilToFloat(t), first, second);
const above = (t: number, first: Decision, second: Decision): Decision =>
  test(false, nextUp(floorToFloat(t)), first, second);
const atMost = (t: number, first: Decision, second: Decision): Decision =>
  test(true, -floorToFloat(t), first, second);
const below = (t: number, first: Decision, second: Decision): Decision =>
  test(true, -nextDown(ceilToFloat(t)), first, second);

const equals = (t: number, missing: boolean): Decision =>
  missing ? above(t, below(t, 'yes', 'no'), 'no') : atLeast(t, 'no', atMost(t, 'no', 'yes'));

/** Whether a value is among `sorted[from..to]`, by halving. NaN goes to the least. */
function among(sorted: readonly number[], missing: boolean, from = 0, to = sorted.length - 1): Decision {
  if (from === to) return equals(sorted[from], missing && from === 0);
  const middle = (from + to + 1) >> 1;
  return atLeast(
    sorted[middle],
    among(sorted, missing, from, middle - 1),
    among(sorted, missing, middle, to),
  );
}

/** A branch's question as tests that executors know. Values are binary32; thresholds need not be. */
export function decide({ comparison, threshold: t, members, missing }: Question): Decision {
  switch (comparison) {
    case 'BRANCH_LEQ':
      return missing ? above(t, 'yes', 'no') : atMost(t, 'no', 'yes');
    case 'BRANCH_LT':
      return missing ? atLeast(t, 'yes', 'no') : below(t, 'no', 'yes');
    case 'BRANCH_GTE':
      return missing ? below(t, 'yes', 'no') : atLeast(t, 'no', 'yes');
    case 'BRANCH_GT':
      return missing ? atMost(t, 'yes', 'no') : above(t, 'no', 'yes');
    case 'BRANCH_EQ':
      return equals(t, missing);
    case 'BRANCH_NEQ':
      return atLeast(t, 'yes', atMost(t, 'yes', 'no'));
    case 'BRANCH_MEMBER':
      return among(
        [...new Set(members)].sort((a, b) => a - b),
        missing,
      );
  }
}
