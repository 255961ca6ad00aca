import { EdgecError } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { NodeImport } from '../../node-import.ts';

const int32Limit = 2 ** 31;

/** The classes of a classifier: integers, or strings. */
export type Classes = { readonly ints: readonly number[] } | { readonly strings: readonly string[] };

export const classNames = (classes: Classes): string[] =>
  'strings' in classes ? [...classes.strings] : classes.ints.map(String);

/** The classes that one of two attributes lists. Throws E_OP_ATTRIBUTE. */
export function classesOf(node: NodeImport, ints: string, strings: string): Classes {
  const [numbers, names] = [node.attrs.ints(ints, []), node.attrs.strings(strings, [])];
  if (numbers.length > 0 === names.length > 0) {
    throw new EdgecError('E_OP_ATTRIBUTE', `${node.op} needs its classes once`, {
      expected: `${ints} or ${strings}`,
      found: numbers.length > 0 ? 'both' : 'neither',
    });
  }
  if (names.length > 0) return { strings: names };
  return { ints: checkedInts(node, numbers) };
}

/** Integers that int32 holds. Throws E_OP_UNSUPPORTED. */
export function checkedInts(node: NodeImport, values: readonly number[]): readonly number[] {
  const large = values.find((v) => v < -int32Limit || v >= int32Limit);
  if (large === undefined) return values;
  throw node.unsupported(`the label ${large}`, 'labels of 32 bits');
}

/** Labels for indices into the classes; those of strings stay indices, with their names noted. */
export function labelled(node: NodeImport, indices: ValueId, classes: Classes): ValueId {
  if ('strings' in classes) return node.context.label(indices, classes.strings);
  if (classes.ints.every((label, i) => label === i)) return indices;
  return node.emit('Gather', [node.intConstant([classes.ints.length], classes.ints), indices], { axis: 0 });
}
