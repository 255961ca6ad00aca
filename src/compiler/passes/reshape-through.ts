import { invert, type Permutation } from './permutation.ts';

/** A reshape of a transpose as: an optional transpose of the base, a reshape to `shape`, a transpose by `perm`. */
export interface ReshapeThrough {
  readonly before?: Permutation;
  readonly shape: readonly number[];
  readonly perm: Permutation;
}

/** Axes of the operand that become axes of the result; axes of size 1 belong to no group. */
interface Group {
  ins: number[];
  outs: number[];
}

const channelsFirst = '0,3,1,2';

/**
 * How reshape([from] → [to]) can trade places with the transpose by `perm` that made its operand. Undefined where
 * the transpose has to come first. Where a merge of axes needs them in another order (channel shuffles), only those
 * move, provided that what remains is the usual step from channels-last to channels-first, which later nodes undo.
 */
export function reshapeThrough(
  from: readonly number[],
  to: readonly number[],
  perm: Permutation,
): ReshapeThrough | undefined {
  const groups = groupAxes(from, to);
  if (!groups) return undefined;
  const position = (group: Group): number => Math.min(...group.ins.map((axis) => perm[axis]));
  const ordered = [...groups].sort((a, b) => position(a) - position(b));
  const baseOrder = ordered.flatMap((group) => group.ins.map((axis) => perm[axis]));
  const outOrder = withUnitAxes(
    ordered.flatMap((group) => group.outs),
    to,
  );
  const way = { shape: outOrder.map((axis) => to[axis]), perm: invert(outOrder) };
  if (baseOrder.every((axis, i) => i === 0 || baseOrder[i - 1] < axis)) return way;
  if (way.perm.join() !== channelsFirst) return undefined;
  const units = perm.filter((axis) => !baseOrder.includes(axis));
  return { ...way, before: [...units, ...baseOrder] };
}

/** Splits both shapes into the shortest runs of axes with equal products. */
function groupAxes(from: readonly number[], to: readonly number[]): Group[] | undefined {
  const wide = (shape: readonly number[]): number[] => shape.flatMap((d, i) => (d === 1 ? [] : [i]));
  const [ins, outs] = [wide(from), wide(to)];
  if (from.includes(0)) return undefined;
  const groups: Group[] = [];
  let [i, j] = [0, 0];
  while (i < ins.length && j < outs.length) {
    const group: Group = { ins: [ins[i]], outs: [outs[j]] };
    let [a, b] = [from[ins[i++]], to[outs[j++]]];
    while (a !== b) {
      if (a < b) {
        if (i === ins.length) return undefined;
        group.ins.push(ins[i]);
        a *= from[ins[i++]];
      } else {
        if (j === outs.length) return undefined;
        group.outs.push(outs[j]);
        b *= to[outs[j++]];
      }
    }
    groups.push(group);
  }
  return i === ins.length && j === outs.length ? groups : undefined;
}

/** `order` with the axes of size 1 put behind the axis that they follow. */
function withUnitAxes(order: readonly number[], shape: readonly number[]): number[] {
  const followers = (axis: number): number[] => {
    const run: number[] = [];
    for (let next = axis + 1; next < shape.length && shape[next] === 1; next++) run.push(next);
    return run;
  };
  return [...followers(-1), ...order.flatMap((axis) => [axis, ...followers(axis)])];
}
