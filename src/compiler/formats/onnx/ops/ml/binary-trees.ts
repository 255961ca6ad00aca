import { tensor } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { NodeImport } from '../../node-import.ts';
import { bothScores, column, isAbove } from './class-scores.ts';
import { type Classes, classNames, labelled } from './classes.ts';
import { alwaysScores, emitTrees, isUnscored, unscoredAsZero } from './emit-trees.ts';
import { isLeaf, type SourceTrees } from './flat-trees.ts';
import { type PostTransform, transformScores } from './post-transform.ts';

interface BinaryTrees {
  readonly trees: SourceTrees;
  readonly base: readonly number[];
  readonly classes: Classes;
  readonly transform: PostTransform;
}

/** A score that decides, and the scores of the classes after the transform. */
interface Scored {
  readonly deciding: ValueId;
  readonly scores: ValueId;
}

/**
 * A classifier of one or two classes with the labels and scores of ONNX Runtime. Where leaves score one class alone,
 * its sum decides: against ½ where all weights are shares, else against 0. Where they score both, or where there is
 * but one class, the last one's sum decides, and the label is 1 or 0 whatever the classes are called.
 */
export function binaryTrees(node: NodeImport, x: ValueId, model: BinaryTrees): ValueId[] {
  const { trees, classes } = model;
  const weights = trees.nodes.flatMap((n) => (isLeaf(n) ? n : []));
  const scored = new Set(weights.map((w) => w.target));
  const isPair = classNames(classes).length === 2;
  const isBinary = isPair && scored.size === 1;
  const isShare = isBinary && weights.every((w) => w.value >= 0);
  const oneOf = scored.has(0) ? firstScored : secondScored;
  const score = !isPair ? oneClass : isBinary ? oneOf : bothScored;
  const { deciding, scores } = score(node, x, model, isShare);
  const index = isAbove(node, deciding, isShare ? 0.5 : 0);
  return [isBinary || 'strings' in classes ? labelled(node, index, classes) : index, scores];
}

function oneClass(node: NodeImport, x: ValueId, { trees, base, transform }: BinaryTrees): Scored {
  const deciding = emitTrees(node, x, { trees, targets: 1, aggregate: 'sum', base });
  return { deciding, scores: transformScores(node, deciding, transform) };
}

/** Sums [N, 2]. */
const sums = (
  node: NodeImport,
  x: ValueId,
  trees: SourceTrees,
  base: readonly number[],
  mark = false,
): ValueId => emitTrees(node, x, { trees, targets: 2, aggregate: 'sum', base, markUnscored: mark });

function firstScored(
  node: NodeImport,
  x: ValueId,
  { trees, base, transform }: BinaryTrees,
  isShare: boolean,
): Scored {
  const both = sums(node, x, trees, [base[0] ?? 0, 0]);
  const deciding = column(node, both, 0);
  if (base.length === 2) return { deciding, scores: transformScores(node, both, transform) };
  return { deciding, scores: bothScores(node, deciding, transform, isShare) };
}

/** ONNX Runtime lets the second of two base values replace the sum of the second class. */
function secondScored(node: NodeImport, x: ValueId, { trees, base, transform }: BinaryTrees): Scored {
  const rows = node.shape(x)[0];
  const replaced = (): ValueId =>
    node.addConstant(
      tensor(
        'float32',
        [rows, 2],
        Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 0 : base[1])),
      ),
    );
  const both = base.length === 2 ? replaced() : sums(node, x, trees, []);
  return { deciding: column(node, both, 1), scores: transformScores(node, both, transform) };
}

function bothScored(node: NodeImport, x: ValueId, { trees, base, transform }: BinaryTrees): Scored {
  if (base.length === 2) {
    const deciding = column(node, sums(node, x, trees, [base[1], 0]), 0);
    const both = node.emit('Concat', [node.emit('Neg', [deciding]), deciding], { axis: 1 });
    return { deciding, scores: transformScores(node, both, transform) };
  }
  if (base.length === 1 || alwaysScores(trees, 1)) {
    const both = sums(node, x, trees, base.length === 1 ? [base[0], 0] : []);
    return { deciding: column(node, both, 1), scores: transformScores(node, both, transform) };
  }
  const marked = sums(node, x, trees, [], true);
  const both = unscoredAsZero(node, marked);
  const first = column(node, both, 0);
  const lacksSecond = isUnscored(node, column(node, marked, 1));
  const scores = node.emit('Where', [
    lacksSecond,
    bothScores(node, first, transform, false),
    transformScores(node, both, transform),
  ]);
  return { deciding: node.emit('Where', [lacksSecond, first, column(node, both, 1)]), scores };
}
