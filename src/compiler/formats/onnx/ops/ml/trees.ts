import { EdgecError } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { Importers, NodeImport } from '../../node-import.ts';
import { binaryTrees } from './binary-trees.ts';
import { bestClass } from './class-scores.ts';
import { classesOf, classNames } from './classes.ts';
import { type Aggregate, alwaysScores, emitTrees, unscoredAsZero } from './emit-trees.ts';
import { realsOf } from './exact-tensor.ts';
import { postTransformById, postTransformOf, transformScores } from './post-transform.ts';
import { realRows } from './rows.ts';
import { indexedTrees, namedTrees } from './tree-attributes.ts';

/** In the order of their ids in TreeEnsemble-5. */
const aggregates = ['AVERAGE', 'SUM', 'MIN', 'MAX'] as const;
const mostTargets = 2 ** 16;

function aggregateOf(node: NodeImport, name: string | undefined): Aggregate {
  const found = aggregates.find((a) => a === name);
  if (found) return found.toLowerCase() as Aggregate;
  throw new EdgecError('E_OP_ATTRIBUTE', `aggregate_function of ${node.op} is unknown`, {
    expected: aggregates.join(', '),
    found: `${name}`,
  });
}

function targetCount(node: NodeImport): number {
  const count = node.attrs.int('n_targets');
  if (count >= 1 && count <= mostTargets) return count;
  throw new EdgecError('E_OP_ATTRIBUTE', `n_targets of ${node.op} is out of range`, {
    expected: `1 to ${mostTargets}`,
    found: `${count}`,
  });
}

function regressor(node: NodeImport): ValueId {
  const x = realRows(node, node.input(0));
  const targets = targetCount(node);
  const scores = emitTrees(node, x, {
    trees: namedTrees(node, 'target', node.shape(x)[1], targets),
    targets,
    aggregate: aggregateOf(node, node.attrs.string('aggregate_function', 'SUM')),
    base: realsOf(node, 'base_values'),
  });
  return transformScores(node, scores, postTransformOf(node));
}

function ensemble(node: NodeImport): ValueId {
  const x = realRows(node, node.input(0));
  const targets = targetCount(node);
  const scores = emitTrees(node, x, {
    trees: indexedTrees(node, node.shape(x)[1], targets),
    targets,
    aggregate: aggregateOf(node, aggregates[node.attrs.int('aggregate_function', 1)]),
    base: [],
  });
  return transformScores(node, scores, postTransformById(node));
}

function classifier(node: NodeImport): ValueId[] {
  const x = realRows(node, node.input(0));
  const classes = classesOf(node, 'classlabels_int64s', 'classlabels_strings');
  const targets = classNames(classes).length;
  const trees = namedTrees(node, 'class', node.shape(x)[1], targets);
  const base = realsOf(node, 'base_values');
  const transform = postTransformOf(node);
  if (targets <= 2) return binaryTrees(node, x, { trees, base, classes, transform });
  const mayMiss = base.length === 0 && classNames(classes).some((_, target) => !alwaysScores(trees, target));
  const ranking = emitTrees(node, x, { trees, targets, aggregate: 'sum', base, markUnscored: mayMiss });
  const scores = mayMiss ? unscoredAsZero(node, ranking) : ranking;
  return bestClass(node, ranking, scores, classes, transform);
}

export const treeImporters: Importers = {
  TreeEnsembleClassifier: classifier,
  TreeEnsembleRegressor: regressor,
  TreeEnsemble: ensemble,
};
