import { EdgecError, tensor } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { NodeImport } from '../../node-import.ts';
import { flatTrees, isLeaf, type SourceTrees, visit } from './flat-trees.ts';

export type Aggregate = 'sum' | 'average' | 'min' | 'max';

export interface Ensemble {
  trees: SourceTrees;
  targets: number;
  aggregate: Aggregate;
  base: readonly number[];
  markUnscored?: boolean;
}

/** Scores [N, targets] of trees. Throws E_OP_ATTRIBUTE for another count of base values. */
export function emitTrees(
  node: NodeImport,
  x: ValueId,
  { trees, targets, aggregate, base, markUnscored }: Ensemble,
): ValueId {
  const bases = base.length === 0 ? new Array<number>(targets).fill(0) : base;
  if (bases.length !== targets) {
    throw new EdgecError('E_OP_ATTRIBUTE', `base_values of ${node.op} have another count`, {
      expected: `${targets}`,
      found: `${base.length}`,
    });
  }
  const tables = [...flatTrees(trees), tensor('float32', [targets], bases)];
  return node.emit('TreeEnsemble', [x, ...tables.map((t) => node.addConstant(t))], {
    targetCount: targets,
    aggregate,
    markUnscored: markUnscored ?? false,
  });
}

/** Whether every row has a score for `target`: some tree has one in all of its leaves. Throws E_GRAPH_INVALID for a cycle. */
export const alwaysScores = ({ nodes, roots }: SourceTrees, target: number): boolean =>
  roots.some((root) => {
    const open = [root];
    const visited = new Set<number>();
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const node = nodes[at];
      if (!isLeaf(node)) {
        visit(at, visited);
        open.push(node.yes, node.no);
      } else if (!node.some((w) => w.target === target)) return false;
    }
    return true;
  });

/** Scores of marked trees with 0 where no leaf has scored. */
export const unscoredAsZero = (node: NodeImport, scores: ValueId): ValueId =>
  node.emit('Where', [isUnscored(node, scores), node.scalar(0), scores]);

export const isUnscored = (node: NodeImport, scores: ValueId): ValueId =>
  node.emit('Equal', [scores, node.scalar(Number.NEGATIVE_INFINITY)]);
