import { counting, EdgecError, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

const ratio = (node: NodeImport, i: number, what: string): number => {
  const value = node.optionalScalar(i, what) ?? 0;
  if (value >= 0 && value <= 1) return value;
  throw new EdgecError('E_OP_ATTRIBUTE', `${what} of ${node.op} is no ratio`, {
    expected: '0 to 1',
    found: `${value}`,
    where: node.name,
  });
};

/** Rows of the indices of image, class and box: those that are there first, all −1 in the others. */
function rowsOf(node: NodeImport, selected: ValueId): ValueId {
  const [images, classes, most] = node.shape(selected);
  const count = images * classes * most;
  const places = counting(count).flatMap((row) => [
    Math.floor(row / (classes * most)),
    Math.floor(row / most) % classes,
  ]);
  const none = node.intConstant([], [-1]);
  const boxes = node.reshape(selected, [count, 1]);
  const found = node.emit('Less', [none, boxes]);
  const rows = node.emit('Concat', [node.intConstant([count, 2], places), boxes], { axis: 1 });
  const known = node.emit('Where', [found, rows, none]);
  if (images * classes === 1) return known;
  const ranks = node.emit('Cast', [node.reshape(found, [count])], { to: 'int32' });
  const [, order] = node.emitAll('TopK', [ranks], { axis: 0, k: count });
  return node.emit('Gather', [known, order], { axis: 0 });
}

/** How many boxes there are depends on data, and shapes here do not: the result has as many rows as there can be. */
function nonMaxSuppression(node: NodeImport): ValueId {
  const [boxes, scores] = [node.input(0), node.input(1)];
  const [, candidates = 0] = node.shape(boxes);
  const most = node.optionalScalar(2, 'max_output_boxes_per_class') ?? 0;
  const selected = node.emit('NonMaxSuppression', [boxes, scores], {
    maxBoxes: Math.max(0, Math.min(most, candidates)),
    iouThreshold: ratio(node, 3, 'iou_threshold'),
    scoreThreshold: node.optionalScalar(4, 'score_threshold') ?? Number.NEGATIVE_INFINITY,
    format: node.attrs.int('center_point_box', 0) === 0 ? 'corners' : 'centers',
  });
  if (node.shape(selected).includes(0)) return node.addConstant(tensor('int32', [0, 3]));
  node.context.notes.add(`${node.name}: rows of indices without a box are −1 and come last`);
  return rowsOf(node, selected);
}

export const detectionImporters: Importers = { NonMaxSuppression: nonMaxSuppression };
