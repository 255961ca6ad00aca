import { EdgecError, tensor } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { Importers, NodeImport } from '../../node-import.ts';
import { bothScores } from './class-scores.ts';
import { classesOf, classNames, labelled } from './classes.ts';
import { postTransformOf, transformScores } from './post-transform.ts';
import { realRows } from './rows.ts';

const misfit = (node: NodeImport, what: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_OP_ATTRIBUTE', `${what} of ${node.op} do not fit`, { expected, found });

/** The attribute `name`, of which there have to be `count`. */
function floats(node: NodeImport, name: string, count: number): readonly number[] {
  const values = node.attrs.floats(name);
  if (values.length === count) return values;
  throw misfit(node, name, `${count}`, `${values.length}`);
}

const product = (
  node: NodeImport,
  x: ValueId,
  rows: number,
  weights: ArrayLike<number>,
  bias: readonly number[],
): ValueId =>
  node.emit('FullyConnected', [
    x,
    node.addConstant(tensor('float32', [rows, weights.length / rows], weights)),
    node.addConstant(tensor('float32', [rows], bias)),
  ]);

const scaled = (node: NodeImport, x: ValueId, factor: number): ValueId =>
  node.emit('Mul', [x, node.scalar(factor)]);

/** The kernel of every row of x with every support vector: [N, count]. */
function kernel(node: NodeImport, x: ValueId, count: number): ValueId {
  const width = node.shape(x)[1];
  const vectors = tensor('float32', [count, width], floats(node, 'support_vectors', count * width));
  const type = node.attrs.string('kernel_type', 'LINEAR');
  const parameters = node.attrs.floats('kernel_params', []);
  if (type !== 'LINEAR' && parameters.length !== 3)
    throw misfit(node, 'kernel_params', 'gamma, coef0 and degree', `${parameters.length} of them`);
  const [gamma, coef0, degree] = parameters;
  if (type === 'RBF') {
    const distance = node.emit('SquaredDistance', [x, node.addConstant(vectors)]);
    return node.emit('Exp', [scaled(node, distance, -gamma)]);
  }
  const dot = node.emit('FullyConnected', [x, node.addConstant(vectors)]);
  if (type === 'LINEAR') return dot;
  const inner = node.emit('Add', [scaled(node, dot, gamma), node.scalar(coef0)]);
  if (type === 'SIGMOID') return node.emit('Tanh', [inner]);
  if (type === 'POLY') return node.emit('Pow', [inner, node.scalar(degree)]);
  throw new EdgecError('E_OP_ATTRIBUTE', `kernel_type of ${node.op} is unknown`, {
    expected: 'LINEAR, POLY, RBF, SIGMOID',
    found: type,
  });
}

/** As in ONNX Runtime no transform applies, and without support vectors the coefficients are those of the features. */
function regressor(node: NodeImport): ValueId {
  const x = realRows(node, node.input(0));
  const supports = node.attrs.int('n_supports', 0);
  if (supports < 0) throw misfit(node, 'n_supports', '0 or more', `${supports}`);
  const inner = supports > 0 ? kernel(node, x, supports) : x;
  const coefficients = floats(node, 'coefficients', node.shape(inner)[1]);
  const [rho] = floats(node, 'rho', 1);
  const y = product(node, inner, 1, coefficients, [rho]);
  if (!node.attrs.flag('one_class', false)) return y;
  return node.emit('Where', [node.emit('Greater', [y, node.scalar(0)]), node.scalar(1), node.scalar(-1)]);
}

const mostClasses = 1024;
const mostWeights = 2 ** 28;

/** Pairs (i, j) of classes with i before j, in the order of their decisions. */
const pairsOf = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    Array.from({ length: count - i - 1 }, (_, k): [number, number] => [i, i + k + 1]),
  );

/**
 * What each pair of classes decides: [N, pairs], positive for the first. The coefficients of class i against class j
 * lie in line j − 1 and those of j against i in line i.
 */
function decisions(node: NodeImport, x: ValueId, pairs: readonly [number, number][], count: number): ValueId {
  const perClass = node.attrs.ints('vectors_per_class', []);
  const total = perClass.reduce((sum, n) => sum + n, 0);
  if (perClass.length !== count || perClass.some((n) => n < 0))
    throw misfit(node, 'vectors_per_class', `${count} counts`, `${perClass}`);
  if (total === 0) throw node.unsupported('no support vectors', 'support vectors, or a LinearClassifier');
  const starts = perClass.map((_, i) => perClass.slice(0, i).reduce((sum, n) => sum + n, 0));
  const coefficients = floats(node, 'coefficients', (count - 1) * total);
  if (pairs.length * total > mostWeights) {
    throw new EdgecError('E_LIMIT_EXCEEDED', 'the decisions of the support vectors are too many', {
      expected: `at most ${mostWeights} weights`,
      found: `${pairs.length} × ${total}`,
    });
  }
  const weights = new Float32Array(pairs.length * total);
  pairs.forEach(([i, j], line) => {
    for (const [own, other] of [
      [i, j - 1],
      [j, i],
    ])
      for (let v = starts[own]; v < starts[own] + perClass[own]; v++)
        weights[line * total + v] = coefficients[other * total + v];
  });
  return product(node, kernel(node, x, total), pairs.length, weights, floats(node, 'rho', pairs.length));
}

/** The class that most decisions are for, the first of equal ones. */
function mostVotes(
  node: NodeImport,
  decided: ValueId,
  pairs: readonly [number, number][],
  count: number,
): ValueId {
  const isFirst = node.emit('Cast', [node.emit('Greater', [decided, node.scalar(0)])], { to: 'float32' });
  const weights = new Float32Array(count * pairs.length);
  const bias = new Array<number>(count).fill(0);
  pairs.forEach(([i, j], pair) => {
    weights[i * pairs.length + pair] = 1;
    weights[j * pairs.length + pair] = -1;
    bias[j]++;
  });
  const votes = product(node, isFirst, count, weights, bias);
  return node.emit('ArgMax', [votes], { axis: 1, keepDims: false });
}

const leastShare = 1e-7;

/** Class probabilities by Platt's sigmoid of each decision. */
function probabilities(node: NodeImport, decided: ValueId, pairs: number, count: number): ValueId {
  const row = (name: string, sign: number): ValueId =>
    node.addConstant(
      tensor(
        'float32',
        [pairs],
        floats(node, name, pairs).map((v) => sign * v),
      ),
    );
  const inner = node.emit('Add', [node.emit('Mul', [decided, row('prob_a', -1)]), row('prob_b', -1)]);
  const shares = node.emit('Clip', [node.emit('Sigmoid', [inner])], { min: leastShare, max: 1 - leastShare });
  return node.emit('PairwiseCoupling', [shares], { classCount: count });
}

function classifier(node: NodeImport): ValueId[] {
  const x = realRows(node, node.input(0));
  const classes = classesOf(node, 'classlabels_ints', 'classlabels_strings');
  const count = classNames(classes).length;
  if (count < 2 || count > mostClasses) throw node.unsupported(`${count} classes`, `2 to ${mostClasses}`);
  const pairs = pairsOf(count);
  const transform = postTransformOf(node);
  const decided = decisions(node, x, pairs, count);
  const label = labelled(node, mostVotes(node, decided, pairs, count), classes);
  if (node.attrs.floats('prob_a', []).length > 0)
    return [label, transformScores(node, probabilities(node, decided, pairs.length, count), transform)];
  if (count === 2) return [label, bothScores(node, decided, transform, transform !== 'NONE')];
  return [label, transformScores(node, decided, transform)];
}

export const svmImporters: Importers = { SVMClassifier: classifier, SVMRegressor: regressor };
