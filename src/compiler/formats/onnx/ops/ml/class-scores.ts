import type { ValueId } from '../../../../graph/index.ts';
import type { NodeImport } from '../../node-import.ts';
import { type Classes, labelled } from './classes.ts';
import { type PostTransform, transformScores } from './post-transform.ts';

/** The column `i` of [N, C] as [N, 1]. */
export function column(node: NodeImport, x: ValueId, i: number): ValueId {
  const [rows, columns] = node.shape(x);
  if (columns === 1) return x;
  return node.emit('Slice', [x], { starts: [0, i], sizes: [rows, 1], steps: [1, 1] });
}

/** 0 or 1 for each row: whether `score` [N, 1] is above `cut`. */
export function isAbove(node: NodeImport, score: ValueId, cut: number): ValueId {
  const above = node.emit('Cast', [node.emit('Greater', [score, node.scalar(cut)])], { to: 'int32' });
  return node.reshape(above, [node.shape(score)[0]]);
}

/** The class with the greatest score, and the scores after their transform. */
export function bestClass(
  node: NodeImport,
  ranking: ValueId,
  scores: ValueId,
  classes: Classes,
  transform: PostTransform,
): ValueId[] {
  const best = node.emit('ArgMax', [ranking], { axis: 1, keepDims: false });
  return [labelled(node, best, classes), transformScores(node, scores, transform)];
}

/** How ONNX Runtime makes two scores out of the one of a binary classifier. */
export function bothScores(
  node: NodeImport,
  score: ValueId,
  transform: PostTransform,
  isProbability: boolean,
): ValueId {
  const rows = node.shape(score)[0];
  if (transform === 'PROBIT') {
    const second = node.addConstant({ dtype: 'float32', shape: [rows, 1], data: new Float32Array(rows) });
    return node.emit('Concat', [transformScores(node, score, transform), second], { axis: 1 });
  }
  const negative = node.emit('Neg', [score]);
  const isShare = isProbability && transform !== 'LOGISTIC';
  const first = isShare ? node.emit('Sub', [node.scalar(1), score]) : negative;
  const both = node.emit('Concat', [first, score], { axis: 1 });
  return transform === 'LOGISTIC' ? node.emit('Sigmoid', [both]) : both;
}
