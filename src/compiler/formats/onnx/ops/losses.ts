import { counting } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

/** −w · log p of the class of each place, reduced; places of the ignored class count nothing. */
function likelihoodLoss(node: NodeImport, logProbability: ValueId): ValueId {
  const shape = node.shape(logProbability);
  const classes = shape[1];
  const labels = node.reshape(node.input(1), [shape[0], 1, ...shape.slice(2)]);
  const perClass = [1, classes, ...shape.slice(2).map(() => 1)];
  const all = counting(classes);
  const ignored = node.attrs.has('ignore_index') ? node.attrs.int('ignore_index') : undefined;
  const ids = all.map((i) => (i === ignored ? -1 : i));
  const isClass = node.emit('Equal', [labels, node.intConstant(perClass, ids)]);
  const given = node.optional(2);
  const weight = given === undefined ? node.scalar(1) : node.reshape(given, perClass);
  const weights = node.emit('Where', [isClass, weight, node.scalar(0)]);
  const axes = shape.map((_, i) => i);
  const sum = (x: ValueId, over: readonly number[]): ValueId =>
    node.emit('ReduceSum', [x], { axes: over, keepDims: false });
  const losses = node.emit('Neg', [node.emit('Mul', [logProbability, weights])]);
  switch (node.attrs.string('reduction', 'mean')) {
    case 'none':
      return sum(losses, [1]);
    case 'sum':
      return sum(losses, axes);
    default:
      return node.emit('Div', [sum(losses, axes), sum(weights, axes)]);
  }
}

function crossEntropy(node: NodeImport): ValueId[] {
  const logProbability = node.emit('LogSoftmax', [node.input(0)], { axis: 1 });
  return [likelihoodLoss(node, logProbability), logProbability];
}

export const lossImporters: Importers = {
  NegativeLogLikelihoodLoss: (node) => likelihoodLoss(node, node.input(0)),
  SoftmaxCrossEntropyLoss: crossEntropy,
};
