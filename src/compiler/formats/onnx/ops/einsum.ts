import { EdgecError, elementCount } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';
import { matMul } from './matrix.ts';

/** A value with a letter for each axis. */
interface Term {
  id: ValueId;
  letters: string[];
}

const sizeOf = (node: NodeImport, { id, letters }: Term, letter: string): number =>
  node.shape(id)[letters.indexOf(letter)];

/** The axes in the order of `letters`, which are all of them. */
function arranged(node: NodeImport, term: Term, letters: readonly string[]): ValueId {
  return node.transpose(
    term.id,
    letters.map((letter) => term.letters.indexOf(letter)),
  );
}

/** Sums over the axes that nothing needs any more. */
function reduced(node: NodeImport, term: Term, needed: ReadonlySet<string>): Term {
  const axes = term.letters.flatMap((letter, i) => (needed.has(letter) ? [] : [i]));
  if (axes.length === 0) return term;
  const id = node.emit('ReduceSum', [term.id], { axes, keepDims: false });
  return { id, letters: term.letters.filter((letter) => needed.has(letter)) };
}

/** A product of matrices: common axes that stay are the batch, those that go are the depth. */
function product(node: NodeImport, left: Term, right: Term, needed: ReadonlySet<string>): Term {
  const a = reduced(node, left, new Set([...right.letters, ...needed]));
  const b = reduced(node, right, new Set([...left.letters, ...needed]));
  const common = a.letters.filter((letter) => b.letters.includes(letter));
  const batch = common.filter((letter) => needed.has(letter));
  const depth = common.filter((letter) => !needed.has(letter));
  const rows = a.letters.filter((letter) => !common.includes(letter));
  const columns = b.letters.filter((letter) => !common.includes(letter));
  const sizes = (term: Term, letters: readonly string[]): number[] =>
    letters.map((l) => sizeOf(node, term, l));
  const count = (term: Term, letters: readonly string[]): number => elementCount(sizes(term, letters));
  const matrix = (term: Term, first: readonly string[], last: readonly string[]): ValueId =>
    node.reshape(arranged(node, term, [...batch, ...first, ...last]), [
      ...sizes(term, batch),
      count(term, first),
      count(term, last),
    ]);
  const made = matMul(node, matrix(a, rows, depth), matrix(b, depth, columns));
  const shape = [...sizes(a, batch), ...sizes(a, rows), ...sizes(b, columns)];
  return { id: node.reshape(made, shape), letters: [...batch, ...rows, ...columns] };
}

function parse(node: NodeImport): { terms: Term[]; result: string[] } {
  const equation = node.attrs.string('equation').replaceAll(' ', '');
  if (!/^[A-Za-z,]*(->[A-Za-z]*)?$/.test(equation)) throw node.unsupported(`the equation '${equation}'`);
  const [inputs, output] = equation.split('->');
  const terms = inputs.split(',').map((text, i) => ({ id: node.input(i), letters: [...text] }));
  for (const term of terms) {
    if (new Set(term.letters).size !== term.letters.length) throw node.unsupported('a diagonal');
    if (term.letters.length !== node.rank(term.id) || terms.length !== node.inputCount)
      throw new EdgecError('E_OP_SHAPE', 'the equation of Einsum does not fit its operands', {
        found: equation,
        where: node.name,
      });
  }
  const all = terms.flatMap(({ letters }) => letters);
  const once = [...new Set(all)].filter((l) => all.indexOf(l) === all.lastIndexOf(l)).sort();
  return { terms, result: output === undefined ? once : [...output] };
}

function einsum(node: NodeImport): ValueId {
  const { terms, result } = parse(node);
  const known = new Set(terms.flatMap(({ letters }) => letters));
  if (result.some((letter) => !known.has(letter))) throw node.unsupported('a letter of the output alone');
  let [sum, ...rest] = terms;
  while (rest.length > 0) {
    const [next, ...later] = rest;
    const needed = new Set([...result, ...later.flatMap(({ letters }) => letters)]);
    sum = product(node, sum, next, needed);
    rest = later;
  }
  return arranged(node, reduced(node, sum, new Set(result)), result);
}

export const einsumImporters: Importers = { Einsum: einsum };
